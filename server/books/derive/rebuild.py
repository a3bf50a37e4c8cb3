"""Rebuild: drop what was derived and derive it again from the facts alone. Readers see the old until the new is whole."""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select, text

from server import bulk
from server.books.derive.buckets import Buckets, how_many, read_bucket
from server.books.derive.crew import Crew, open_crew
from server.books.derive.crew_words import Derived
from server.books.derive.drain import Drained, collector_resting, newest_queued
from server.books.derive.groups import regroup_all
from server.books.derive.kiosk_logs import kiosk_logs
from server.books.derive.known import Logs
from server.books.derive.log_work import LogWork
from server.books.derive.people import derive_people
from server.books.derive.said import ABOUT
from server.books.periods.adjust import derive_adjustments
from server.database import Database
from server.models.derived import FindingRow, LooseScan, PersonDone, PostingPart, RecordRow
from server.models.log import Log

Progress = Callable[[str, int, int], None]
ALONE_MAX = 200_000
"""Up to so many entries a rebuild takes no longer alone than other processes take to begin."""

TABLES = (
    "log_state",
    "mark",
    "loose_scan",
    "said",
    "person_done",
    "record",
    "posting_part",
    "finding",
    "adjustment",
    "group_hold",
)


def rebuild(
    database: Database, server_key: bytes, progress: Progress, *, processes: int | None = None
) -> Drained:
    """Derive everything anew, in one transaction. progress: told the step, how far, of how much (0: nobody knows).

    processes: how many others help; None: as many as are worth it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="redvest-") as folder,
        database.exclusive("derive"),
        database.write_derived() as connection,
        collector_resting(),
        ExitStack() as stack,
    ):
        aside, crew = Path(folder), None
        held = _entries_held(connection)
        if processes is None and held < ALONE_MAX:
            processes = 0
        if processes != 0:
            crew = stack.enter_context(
                open_crew(database, aside, buckets=how_many(held), processes=processes)
            )
        return _derive(connection, server_key, progress, aside, crew)


def derive_all(connection: Connection, server_key: bytes, progress: Progress) -> Drained:
    """Do it within the caller's transaction, alone."""
    with tempfile.TemporaryDirectory(prefix="redvest-") as folder:
        return _derive(connection, server_key, progress, Path(folder), None)


def _derive(
    connection: Connection, server_key: bytes, progress: Progress, folder: Path, crew: Crew | None
) -> Drained:
    for table in TABLES:
        connection.execute(text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    numbered = kiosk_logs(connection)
    logs = connection.execute(
        select(Log.id, Log.version).where(Log.kind == "kiosk", Log.version > 0).order_by(Log.id)
    ).all()
    count = how_many(_entries_held(connection))
    with Buckets(folder, count) as buckets:
        for done, (log, version) in enumerate(logs, 1):
            work = LogWork(connection, numbered[log], version)
            work.begin(server_key, crew)
            for window in work.derive():
                buckets.add(window.scans)
            progress("logs", done, len(logs))
    people = 0
    for some in _people(connection, folder, count, numbered, crew):
        people += some
        progress("people", people, people)
    derive_people(connection, (), regroup_all(connection, numbered), numbered)
    bulk.upsert(connection, PersonDone, [(1, newest_queued(connection))])
    return Drained(len(logs), people)


def _people(
    connection: Connection, folder: Path, buckets: int, logs: Logs, crew: Crew | None
) -> Iterator[int]:
    """Derive the people of bucket after bucket; give how many each time."""
    if crew is None:
        for bucket in range(buckets):
            yield derive_people(connection, read_bucket(folder, bucket), (), logs)
        return
    crew.flush()
    # Theirs needs what is derived of others, or was just written: no other process can see that.
    ours = sorted({who for (who,) in bulk.fetch(connection, _OURS, (ABOUT,))})
    under_way: deque[Future[Derived]] = deque()
    for bucket in range(buckets):
        under_way.append(crew.derive(bucket, ours))
        if len(under_way) > crew.ahead:
            yield _take(connection, under_way.popleft().result(), logs)
    for one in under_way:
        yield _take(connection, one.result(), logs)


def _take(connection: Connection, done: Derived, logs: Logs) -> int:
    """Write what another process derived, and derive those whom it left to us."""
    bulk.insert(connection, RecordRow, done.records)
    bulk.insert(connection, LooseScan, done.loose)
    bulk.insert(connection, PostingPart, done.parts)
    bulk.insert_missing(connection, FindingRow, done.findings)
    derive_adjustments(connection, done.people)
    return len(done.people) + derive_people(connection, done.left, (), logs)


def _entries_held(connection: Connection) -> int:
    asked = "SELECT COALESCE(SUM(last - first + 1), 0) FROM log_range"
    return int(bulk.fetch(connection, asked)[0][0])


_OURS = (
    "SELECT who FROM derived.said WHERE kind <> ? "
    'UNION SELECT who FROM merger UNION SELECT "into" FROM merger'
)


def digest(connection: Connection) -> str:
    """Give one hash over every derived record, posting and finding, in the order of their keys."""
    whole = sha256()
    by_code_point = "" if connection.dialect.name == "sqlite" else ' COLLATE "C"'
    for query in _CONTENT:
        asked = text(query.format(c=by_code_point))
        for row in connection.execution_options(yield_per=1_000).execute(asked):
            whole.update(repr(tuple(_plain(value) for value in row)).encode())
    return whole.hexdigest()


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


_OF_RECORD = ", ".join(c.name for c in RecordRow.__table__.columns if c.name != "row")
_CONTENT = (
    f"SELECT {_OF_RECORD} FROM derived.record ORDER BY who{{c}}, in_ms, id",  # noqa: S608 # our own columns
    "SELECT * FROM derived.posting ORDER BY who{c}, day, record, verdict{c}, cause{c}",
    "SELECT * FROM derived.finding ORDER BY about{c}, at_ms, rule{c}, digest",
    "SELECT * FROM derived.adjustment ORDER BY who{c}, record, day, verdict{c}, cause{c}, team{c}, region{c}",
)
"""What a digest is over. {c}: how text is put in the order of code points."""
