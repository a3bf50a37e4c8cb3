"""Lists of stars as staff read them. Of people only those within their part are shown; how many there are in all is said."""

from dataclasses import dataclass

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import iso_date, iso_time
from server.keys import Keys
from server.models.now import VolunteerNow
from server.people.roster import in_parts, names
from server.people.within import people_of
from server.stars.lists import Objection, StarsList, all_lists, find_list
from server.stars.object import said
from server.stars.publish import fallen_of


@dataclass(frozen=True, slots=True)
class ListTold:
    """A list in one line. stage: a `Stage`. open: objections without an answer. people: left on it."""

    entry: str
    title: str
    day: str
    stars: int
    people: int
    from_day: str
    until_day: str
    stage: str
    open: int
    digest: str


@dataclass(frozen=True, slots=True)
class RowTold:
    """Somebody on a list. state: "" for on it, `struck`, or `fallen` where their hours are too few by now."""

    volunteer: str
    name: str
    stars: int
    minutes: int
    state: str


@dataclass(frozen=True, slots=True)
class ObjectionTold:
    """An objection. outcome: "" while it waits."""

    objection: str
    volunteer: str
    said: str
    asked: str
    by: str
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class WholeList:
    """A list with its people and objections."""

    list: ListTold
    rows: tuple[RowTold, ...]
    objections: tuple[ObjectionTold, ...]


def read_lists(connection: Connection, today: int) -> list[ListTold]:
    """Give the newest lists, the newest first. They name nobody."""
    return [_told(one, today) for one in all_lists(connection)]


def read_list(connection: Connection, keys: Keys, prefix: str, today: int, part: Part) -> WholeList:
    """Give a list, with whoever on it is within the part, and what was objected to them. Raise `Refused(not_found)`."""
    found = find_list(connection, prefix)
    mine = _within(connection, [row[0] for row in found.rows], part)
    left = {row[0] for row in found.left}
    fallen = set(fallen_of(connection, found)) if found.end is None else set()
    called = names(connection, mine)
    rows = tuple(
        RowTold(who, called.get(who, ""), stars, minutes, _state(who, left, fallen))
        for who, stars, minutes in found.rows
        if who in mine
    )
    objections = tuple(_objection(one, keys) for one in found.objections if one.entry.who in mine)
    return WholeList(_told(found, today), rows, objections)


def _within(connection: Connection, people: list[str], part: Part) -> set[str]:
    found: set[str] = set()
    for some in in_parts(people):
        found |= set(connection.scalars(people_of(part).where(VolunteerNow.number.in_(some))))
    return found


def _state(who: str, left: set[str], fallen: set[str]) -> str:
    if who not in left:
        return "struck"
    return "fallen" if who in fallen else ""


def _told(one: StarsList, today: int) -> ListTold:
    entry = one.entry
    return ListTold(
        one.hash.hex(),
        entry.title,
        iso_date(entry.day),
        entry.stars,
        len(one.left),
        iso_date(entry.from_day),
        iso_date(entry.until_day),
        str(one.stage(today)),
        sum(objection.answer is None for objection in one.objections),
        (entry if one.end is None else one.end).digest.hex(),
    )


def _objection(one: Objection, keys: Keys) -> ObjectionTold:
    return ObjectionTold(
        one.hash.hex(),
        one.entry.who,
        said(keys, one.entry),
        iso_time(one.entry.asked_ms),
        one.entry.by,
        one.answer.outcome if one.answer else "",
        one.answer.why if one.answer else "",
    )
