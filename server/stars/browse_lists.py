"""Lists of stars page by page, one of them with its people, and what a person's stars rest on; all within a part (I9)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.part import Part
from server.keys import Keys
from server.limits import STAR_EVIDENCE_SHOWN_MAX, STAR_OBJECTIONS_SHOWN_MAX
from server.stars.figures import stars_of
from server.stars.levels import Evidence, confirmed_minutes, read_evidence
from server.stars.lists import StarsList, find_list
from server.stars.notices import all_lists
from server.stars.on_lists import OnList, lists_within, people_within, those_within
from server.stars.read_stars import ListTold, ObjectionTold, list_told, objection_told, state_of
from server.stars.thresholds import thresholds
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class ListsPage:
    """Some lists, the newest first. after: hash to go on behind ("": there are no more)."""

    lists: tuple[ListTold, ...]
    after: str


@dataclass(frozen=True, slots=True)
class OneList:
    """A list and some of its people, each with a state (`RowTold`). after: number to go on behind ("": there are no more).

    objections: those to people within the part, the newest; objected: how many of them there are.
    """

    list: ListTold
    rows: tuple[tuple[OnList, str], ...]
    after: str
    objections: tuple[ObjectionTold, ...]
    objected: int


@dataclass(frozen=True, slots=True)
class PersonOnList:
    """What somebody's stars on a list rest on. minutes: confirmed now, up to its day; evidence: the newest; count: of all."""

    list: ListTold
    person: OnList
    state: str
    minutes: int
    evidence: tuple[Evidence, ...]
    count: int


def browse_lists(
    connection: Connection, part: Part, today: int, *, before: str = "", limit: int
) -> ListsPage:
    """Give some lists that have somebody of the part on them. Of a page there may be fewer than `limit`, though more follow.

    Raise `Refused(not_found)` where `before` is the hash of no list.
    """
    found = all_lists(connection, before=_hash(before), limit=limit + 1)
    looked, has_more = found[:limit], len(found) > limit
    mine = lists_within(connection, looked, part)
    after = looked[-1].hash.hex() if has_more else ""
    return ListsPage(tuple(list_told(one, today) for one in mine), after)


def browse_list(
    connection: Connection,
    keys: Keys,
    part: Part,
    today: int,
    prefix: str,
    *,
    after: str = "",
    limit: int,
) -> OneList:
    """Give a list with some of its people. Raise `Refused(not_found)` where nobody on it is within the part."""
    found = find_list(connection, prefix)
    people = people_within(connection, found.rows, part, after=after, limit=limit + 1)
    if not people:
        raise _not_found()
    shown = people[:limit]
    confirmed = confirmed_minutes(connection, {one.who for one in shown}, found.entry.day)
    within = those_within(connection, {one.entry.who for one in found.objections}, part)
    mine = [one for one in found.objections if one.entry.who in within]
    return OneList(
        list_told(found, today),
        tuple(zip(shown, _states(connection, found, shown, confirmed), strict=True)),
        shown[-1].who if len(people) > limit else "",
        tuple(objection_told(one, keys) for one in reversed(mine[-STAR_OBJECTIONS_SHOWN_MAX:])),
        len(mine),
    )


def read_person(
    connection: Connection, part: Part, today: int, prefix: str, who: str
) -> PersonOnList:
    """Give what somebody's stars on a list rest on. Raise `Refused(not_found)` for whoever is not on it and within the part."""
    found = find_list(connection, prefix)
    rows = [row for row in found.rows if row[0] == who]
    people = people_within(connection, rows, part, after="", limit=1)
    if not people:
        raise _not_found()
    evidence = read_evidence(connection, who, found.entry.day)
    minutes = sum(one.minutes for one in evidence)
    (state,) = _states(connection, found, people, {who: minutes})
    return PersonOnList(
        list_told(found, today),
        people[0],
        state,
        minutes,
        tuple(reversed(evidence[-STAR_EVIDENCE_SHOWN_MAX:])),
        len(evidence),
    )


def _states(
    connection: Connection, found: StarsList, people: list[OnList], minutes: Mapping[str, int]
) -> list[str]:
    """Give the state of each of these people. minutes: confirmed now. Whoever is on a concluded list does not fall any more."""
    left = {one.who for one in people} - found.struck
    figures = thresholds(connection)
    fallen = {
        one.who
        for one in people
        if found.end is None
        and stars_of(minutes[one.who], figures.of(one.team, one.region, found.entry.day))
        < found.entry.stars
    }
    return [state_of(one.who, left, fallen) for one in people]


def _hash(words: str) -> bytes:
    try:
        return bytes.fromhex(words)
    except ValueError as error:
        raise _not_found() from error


def _not_found() -> Refused:
    return Refused(Code.NOT_FOUND, "没有这个名单 / no such list")
