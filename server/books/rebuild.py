"""Rebuild: drop what was derived and derive it again from the facts alone. Readers see the old until the new is whole."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from sqlalchemy import Connection, select, text

from server import bulk
from server.books.derive import Drained, LogWork, kiosk_logs, newest_queued
from server.books.derive_people import derive_people, everyone, keep_scans
from server.books.groups import regroup_all
from server.database import Database
from server.models.derived import PersonDone, RecordRow
from server.models.log import Log

Progress = Callable[[str, int, int], None]
TOLD_EVERY = 10_000
"""People after whom it is said how many there were."""

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


def rebuild(database: Database, server_key: bytes, progress: Progress) -> Drained:
    """Derive everything anew, in one transaction. progress: told the step, how far, of how much (0: nobody knows)."""
    with database.exclusive("derive"), database.write_derived() as connection:
        return derive_all(connection, server_key, progress)


def derive_all(connection: Connection, server_key: bytes, progress: Progress) -> Drained:
    """Do it within the caller's transaction."""
    for table in TABLES:
        connection.execute(text(f"DELETE FROM derived.{table}"))  # noqa: S608 # closed set
    numbered = kiosk_logs(connection)
    logs = connection.execute(
        select(Log.id, Log.name, Log.version)
        .where(Log.kind == "kiosk", Log.version > 0)
        .order_by(Log.id)
    ).all()
    scans = 0
    for count, row in enumerate(logs, 1):
        work = LogWork(connection, numbered[row.id], row.version)
        for window in work.derive(server_key):
            keep_scans(connection, window, numbered)
            scans += len(window)
            progress("scans", scans, 0)
        progress("logs", count, len(logs))
    people = derive_people(connection, (), _told(everyone(connection), progress), numbered)
    derive_people(connection, (), regroup_all(connection, numbered), numbered)
    bulk.upsert(connection, PersonDone, [(1, newest_queued(connection))])
    progress("people", people, people)
    return Drained(len(logs), people)


def _told(people: Iterable[str], progress: Progress) -> Iterator[str]:
    """Give these people, and say now and then how many there were."""
    for count, who in enumerate(people, 1):
        yield who
        if count % TOLD_EVERY == 0:
            progress("people", count, 0)


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
