"""Mergers as staff read them: which numbers were said to be one person, within a part of the tree, and which still are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, or_, select

from server.access.part import Part
from server.books.within import has_person
from server.models.decision import Merger, MergerEnd


@dataclass(frozen=True, slots=True)
class Linked:
    """Two numbers that were said to be one person. entry: hash of what says so. walk_in: `number` was a temporary one."""

    entry: str
    number: str
    into: str
    walk_in: bool
    stands: bool


def read_mergers(connection: Connection, part: Part, number: str) -> list[Linked]:
    """Give the mergers within a part that name a number, by who is kept."""
    found = _read(connection, or_(Merger.who == number, Merger.into == number))
    return [one for one in found if _is_within(connection, part, one)]


def find_merger(connection: Connection, part: Part, entry: str) -> Linked | None:
    """Give the merger with this hash (64 hex); None for none, and for one of people of whom one lies outside the part."""
    found = _read(connection, Merger.hash == bytes.fromhex(entry))
    return next((one for one in found if _is_within(connection, part, one)), None)


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Linked]:
    ended = select(MergerEnd.hash).where(MergerEnd.merger == Merger.hash).exists()
    query = select(Merger, ended.label("ended")).where(which)
    rows = connection.execute(query.order_by(Merger.into, Merger.who, Merger.hash))
    return [
        Linked(bytes(r.hash).hex(), r.who, r.into, bool(r.is_accept), not r.ended) for r in rows
    ]


def _is_within(connection: Connection, part: Part, one: Linked) -> bool:
    """Tell whether both people are within; a temporary number is of no team, and goes with whom it was matched with."""
    people = [one.into] if one.walk_in else [one.number, one.into]
    return all(has_person(connection, part, [number]) for number in people)
