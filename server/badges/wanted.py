"""Whose badges are wanted: numbers as somebody gave them, a team, or everybody; in parts that one transaction can take."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from sqlalchemy import Connection, select

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import NUMBER_PATTERN, Code
from server.database import Database
from server.limits import PRINTED_LISTED_MAX
from server.models.team import Team
from server.models.volunteer import Volunteer
from server.people.roster import known, numbers
from server.people.versions import Version, in_force
from sync.errors import Refused

AT_A_TIME = 1_000
_is_number = re.compile(NUMBER_PATTERN).fullmatch


@dataclass(frozen=True, slots=True)
class Wanted:
    """Either these numbers, or who is in this team on this day, or everybody (neither). day: a local date."""

    numbers: tuple[str, ...] = ()
    team: str = ""
    day: int = 0


@dataclass(frozen=True, slots=True)
class PrintedBadge:
    """A badge that was printed. expires_s: Unix seconds. file: where it is, from 1 the page of a PDF (0: it has none)."""

    number: str
    serial: int
    expires_s: int
    file: str
    page: int = 0


@dataclass(slots=True)
class Printed:
    """What was printed (the first of many are listed), into which files, and the numbers that are nobody's.

    replaced: badges that were revoked, because new ones are in their place.
    """

    printed: int = 0
    replaced: int = 0
    badges: list[PrintedBadge] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, badge: PrintedBadge) -> None:
        """Count a badge, and list it if there is room."""
        self.printed += 1
        if len(self.badges) < PRINTED_LISTED_MAX:
            self.badges.append(badge)


def parts(database: Database, wanted: Wanted) -> Iterator[list[str]]:
    """Cut what is wanted into parts, each number once. It is read whole before anything is written.

    Raise `Refused(not_found)` for a team that nobody imported.
    """
    people: list[str] = list(wanted.numbers)
    if not people:
        with database.read() as connection:
            people = _members(connection, wanted) if wanted.team else sorted(numbers(connection))
    rest = iter(dict.fromkeys(people))
    while part := list(islice(rest, AT_A_TIME)):
        yield part


def sort_out(connection: Connection, part: list[str]) -> tuple[list[str], list[str]]:
    """Tell the numbers of volunteers from those that are nobody's; these as any terminal and any reader can take them."""
    here = known(connection, filter(_is_number, part))
    nobody = [_shown(number) for number in part if number not in here]
    return [number for number in part if number in here], nobody


def _members(connection: Connection, wanted: Wanted) -> list[str]:
    if connection.scalar(select(Team.code).where(Team.code == wanted.team).limit(1)) is None:
        raise Refused(Code.NOT_FOUND, f"没有队伍 / no such team: {_shown(wanted.team)}")
    ever = select(Volunteer.number).where(Volunteer.team == wanted.team)
    rows = connection.execute(
        select(Volunteer.number, Volunteer.valid_from, Volunteer.team)
        .where(Volunteer.number.in_(ever))
        .order_by(Volunteer.number, Volunteer.valid_from, Volunteer.entered)
    )
    versions = {
        number: [Version(row.valid_from, row.team) for row in some]
        for number, some in groupby(rows, key=lambda row: row.number)
    }
    return sorted(
        n for n, all_ in versions.items() if in_force(all_, wanted.day, "") == wanted.team
    )


def _shown(number: str) -> str:
    return number[:NUMBER_CHARS_MAX].encode("utf-8", "replace").decode()
