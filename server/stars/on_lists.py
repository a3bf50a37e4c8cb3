"""Who of the people on lists lies within a part (I9). The database is asked, of all of them at once."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.central_entry import ListedRow
from schemas.vocabulary import Code
from server.access.part import Part
from server.models.now import VolunteerNow
from server.people.roster import in_parts
from server.stars.lists import StarsList, read_rows
from server.stars.notices import Notice
from sync.errors import Refused


class OnList(NamedTuple):
    """Somebody on a list, and whose they are now. minutes, stars: as the list has them."""

    who: str
    stars: int
    minutes: int
    name: str
    team: str
    region: str


def lists_within(connection: Connection, lists: Sequence[Notice], part: Part) -> list[Notice]:
    """Give those of these lists that have somebody of the part on them, in their order."""
    if part.is_all or not lists:
        return list(lists)
    rows = read_rows(connection, [one.entry.mark for one in lists])
    mine = those_within(connection, {row[0] for people in rows.values() for row in people}, part)
    return [one for one in lists if any(row[0] in mine for row in rows[one.entry.mark])]


def people_within(
    connection: Connection, rows: Collection[ListedRow], part: Part, *, after: str, limit: int
) -> list[OnList]:
    """Give people of a list within a part, in order of their numbers. after: the number to go on behind ("": from the first)."""
    person, found = VolunteerNow, list[OnList]()
    asked = select(person.number, person.name, person.team, person.region)
    within = asked.where(part.people_within(person.team, person.region))
    for some in in_parts(sorted(row for row in rows if row[0] > after)):
        mine = connection.execute(within.where(person.number.in_([row[0] for row in some])))
        homes = {number: home for number, *home in mine}
        found += [OnList(*row, *homes[row[0]]) for row in some if row[0] in homes]
        if len(found) >= limit:
            break
    return found[:limit]


def those_within(connection: Connection, people: Collection[str], part: Part) -> set[str]:
    """Give those of these people that lie within a part."""
    person = VolunteerNow
    query = select(person.number).where(part.people_within(person.team, person.region))
    found: set[str] = set()
    for some in in_parts(people):
        found |= set(connection.scalars(query.where(person.number.in_(some))))
    return found


def require_whole(connection: Connection, found: StarsList, part: Part) -> None:
    """Raise `Refused` for a list that reaches beyond a part: `not_found` where nobody on it is within, else `no_right`."""
    if part.is_all:
        return
    people = {row[0] for row in found.rows}
    mine = those_within(connection, people, part)
    if not mine:
        raise Refused(Code.NOT_FOUND, "没有这个名单 / no such list")
    if mine != people:
        words = "名单上有范围以外的人，由范围更大的人确定 / it has people beyond your part"
        raise Refused(Code.NO_RIGHT, words)
