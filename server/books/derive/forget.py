"""Drop what was derived of people, before what it now is is written: all of it, or the days that news can have changed."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete

from server import bulk
from server.books.dates import local_day
from server.books.derive.known import Known
from server.models.derived import FindingRow, LooseScan, PostingPart, RecordRow
from server.people.roster import in_parts


def forget_people(connection: Connection, people: Iterable[str]) -> None:
    """Drop everything that was derived of these people."""
    for some in in_parts(people):
        for model, column in _OF_PEOPLE:
            connection.execute(delete(model).where(column.in_(some)))


def forget_windows(connection: Connection, known: Known, people: Iterable[str]) -> None:
    """Drop what was derived of these people in their windows."""
    rows = [(who, *known.windows[who]) for who in people]
    if not rows:
        return
    by_day = [(who, local_day(start), local_day(end)) for who, start, end in rows]
    for statement, given in ((_RECORDS, rows), (_LOOSE, rows), (_FINDINGS, rows), (_PARTS, by_day)):
        bulk.execute_many(connection, statement, given)


_OF_PEOPLE = (
    (RecordRow, RecordRow.who),
    (LooseScan, LooseScan.who),
    (PostingPart, PostingPart.who),
    (FindingRow, FindingRow.about),
)
_RECORDS = "DELETE FROM derived.record WHERE who = ? AND in_ms >= ? AND in_ms < ?"
_LOOSE = "DELETE FROM derived.loose_scan WHERE who = ? AND at_ms >= ? AND at_ms < ?"
_FINDINGS = "DELETE FROM derived.finding WHERE about = ? AND at_ms >= ? AND at_ms < ?"
_PARTS = "DELETE FROM derived.posting_part WHERE who = ? AND day >= ? AND day < ?"
