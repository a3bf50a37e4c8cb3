"""Mergers as staff read them: which numbers were said to be one person, by whom and why, within a part of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select
from sqlalchemy.orm import aliased

from schemas.central_entry import Accept, Merge, Unmerge
from server.access.part import Part
from server.books.dates import iso_time
from server.books.within import people_within
from server.limits import MERGERS_LISTED_MAX
from server.models.central_place import CentralPlace
from server.models.decision import Merger, MergerEnd
from server.models.log import LogEntry
from sync.canonical import understand


@dataclass(frozen=True, slots=True)
class Linked:
    """Two numbers that were said to be one person. entry: hash of what says so. walk_in: `number` was a temporary one.

    by, why, at: who said it. stands: nobody took it back; else `undone_by`, `undone_why` and `undone_at` tell who did.
    """

    entry: str
    number: str
    into: str
    walk_in: bool
    stands: bool
    by: str
    why: str
    at: str
    undone_by: str
    undone_why: str
    undone_at: str


def read_mergers(connection: Connection, part: Part, number: str) -> list[Linked]:
    """Give the mergers within a part that name a number, by who is kept: at most `MERGERS_LISTED_MAX`."""
    return _read(connection, part, or_(Merger.who == number, Merger.into == number))


def find_merger(connection: Connection, part: Part, entry: str) -> Linked | None:
    """Give the merger with this hash (64 hex); None for none, and for one of people of whom one lies outside the part."""
    return next(iter(_read(connection, part, Merger.hash == bytes.fromhex(entry))), None)


def _read(connection: Connection, part: Part, which: ColumnElement[bool]) -> list[Linked]:
    made_at, made = aliased(CentralPlace), aliased(LogEntry)
    undone_at, undone = aliased(CentralPlace), aliased(LogEntry)
    query = (
        select(Merger, made.body.label("made"), undone.body.label("undone"))
        .join(made_at, made_at.hash == Merger.hash)
        .join(made, _same(made_at, made))
        .outerjoin(MergerEnd, MergerEnd.merger == Merger.hash)
        .outerjoin(undone_at, undone_at.hash == MergerEnd.hash)
        .outerjoin(undone, _same(undone_at, undone))
        .where(which)
        .order_by(Merger.into, Merger.who, Merger.hash, MergerEnd.hash)
    )
    rows = connection.execute(query.limit(MERGERS_LISTED_MAX)).all()
    within = people_within(connection, part, {number for row in rows for number in _people(row)})
    mine = {bytes(row.hash): row for row in rows if within.issuperset(_people(row))}
    return [_linked(row) for row in mine.values()]


def _people(row: Row[*tuple[Any, ...]]) -> Sequence[str]:
    """Give who has to lie within; a temporary number is of no team, and goes with whom it was matched with."""
    return [row.into] if row.is_accept else [row.who, row.into]


def _same(at: type[CentralPlace], entry: type[LogEntry]) -> ColumnElement[bool]:
    return and_(entry.log == at.log, entry.seq == at.seq, entry.hash == at.hash)


def _entry(body: bytes) -> Merge | Accept | Unmerge:
    found = understand(bytes(body))
    if not isinstance(found, Merge | Accept | Unmerge):
        raise TypeError("the row of a merger names another entry")
    return found


def _linked(row: Row[*tuple[Any, ...]]) -> Linked:
    made = _entry(row.made)
    undone = None if row.undone is None else _entry(row.undone)
    return Linked(
        bytes(row.hash).hex(),
        row.who,
        row.into,
        bool(row.is_accept),
        undone is None,
        made.by,
        made.why,
        iso_time(made.wall_ms),
        undone.by if undone else "",
        undone.why if undone else "",
        iso_time(undone.wall_ms) if undone else "",
    )
