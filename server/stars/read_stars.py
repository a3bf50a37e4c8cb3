"""Lists of stars as staff read them. Of people only those within their part are shown; how many there are in all is said."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import iso_date, iso_time
from server.keys import Keys
from server.people.roster import names
from server.stars.lists import find_list
from server.stars.notices import Notice, Objection, all_lists
from server.stars.object import said
from server.stars.on_lists import those_within
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
    return [list_told(one, today) for one in all_lists(connection)]


def read_list(connection: Connection, keys: Keys, prefix: str, today: int, part: Part) -> WholeList:
    """Give a list, with whoever on it is within the part, and what was objected to them. Raise `Refused(not_found)`."""
    found = find_list(connection, prefix)
    mine = those_within(connection, [row[0] for row in found.rows], part)
    left = {row[0] for row in found.left}
    fallen = set(fallen_of(connection, found, left)) if found.end is None else set()
    called = names(connection, mine)
    rows = tuple(
        RowTold(who, called.get(who, ""), stars, minutes, state_of(who, left, fallen))
        for who, stars, minutes in found.rows
        if who in mine
    )
    objections = tuple(
        objection_told(one, keys) for one in found.objections if one.entry.who in mine
    )
    return WholeList(list_told(found, today), rows, objections)


def state_of(who: str, left: Collection[str], fallen: Collection[str]) -> str:
    """Give the state of somebody on a list, as `RowTold` has it."""
    if who not in left:
        return "struck"
    return "fallen" if who in fallen else ""


def list_told(one: Notice, today: int) -> ListTold:
    """Give a list in one line."""
    entry = one.entry
    return ListTold(
        one.hash.hex(),
        entry.title,
        iso_date(entry.day),
        entry.stars,
        entry.rows - len(one.struck),
        iso_date(entry.from_day),
        iso_date(entry.until_day),
        str(one.stage(today)),
        sum(objection.answer is None for objection in one.objections),
        (entry if one.end is None else one.end).digest.hex(),
    )


def objection_told(one: Objection, keys: Keys) -> ObjectionTold:
    """Give an objection as staff read it."""
    return ObjectionTold(
        one.hash.hex(),
        one.entry.who,
        said(keys, one.entry),
        iso_time(one.entry.asked_ms),
        one.entry.by,
        one.answer.outcome if one.answer else "",
        one.answer.why if one.answer else "",
    )
