"""Rebuild: drop what was derived and derive it again from the facts alone. Readers see the old until the new is whole."""

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, select, text

from server import bulk
from server.books.buckets import Buckets
from server.books.derive import Drained, LogWork, kiosk_logs, newest_queued
from server.books.derive_people import derive_people
from server.books.groups import regroup_all
from server.database import Database
from server.intake.ingest import read_ranges
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
    held = sum(r.last - r.first + 1 for row in logs for r in read_ranges(connection, row.id))
    people = 0
    with Buckets(held) as buckets:
        for count, row in enumerate(logs, 1):
            work = LogWork(connection, numbered[row.id], row.version)
            for window in work.derive(server_key):
                buckets.add(window)
            progress("logs", count, len(logs))
        for bucket in buckets.read():
            people += derive_people(connection, bucket, (), numbered)
            progress("people", people, people)
    derive_people(connection, (), regroup_all(connection, numbered), numbered)
    bulk.upsert(connection, PersonDone, [(1, newest_queued(connection))])
    return Drained(len(logs), people)


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
