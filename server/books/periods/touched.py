"""What adjustments touch: certificates that do not hold any more because of them, and star levels that they move (A4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.central_entry import Certify
from server.access.part import Part
from server.books.dates import read_date
from server.books.hours import Span
from server.books.periods.adjust import Adjustment
from server.books.periods.confirmed import Books, read_books
from server.certificates.standing import changed_of
from server.models.adjustment import AdjustmentRow
from server.models.now import VolunteerNow
from server.people.roster import in_parts
from server.reconcile.minutes import CREDITED
from server.stars.figures import stars_of
from server.stars.thresholds import thresholds

ALL_DAYS = Span()


def with_touched(
    connection: Connection, adjustments: Sequence[Adjustment], part: Part
) -> list[Adjustment]:
    """Give the same adjustments, each of credited minutes with what it touches, where its person is within the part.

    certificates: numbers of those that rest on its date and are not what the books say any more. stars: as `3→2`, where the
    person's level of that date is another without the adjustments that no close has frozen. As many questions are asked for many
    adjustments as for one.
    """
    credited = {one.volunteer for one in adjustments if one.verdict == CREDITED}
    mine = {
        who: own for who, own in _owing(connection, credited).items() if part.has_person(*own.home)
    }
    if not mine:
        return list(adjustments)
    touched = _Touched(connection, mine)
    return [
        touched.fill_in(one) if one.verdict == CREDITED and one.volunteer in mine else one
        for one in adjustments
    ]


class _Owing(NamedTuple):
    """Somebody with adjustments. home: team and region, as they are now; owed: date and minutes of each of credited minutes."""

    home: tuple[str, str]
    owed: list[tuple[int, int]]


class _Touched:
    """The papers and the minutes of people with adjustments of credited minutes, by who; all are read at once."""

    def __init__(self, connection: Connection, people: Mapping[str, _Owing]) -> None:
        self._thresholds = thresholds(connection)
        self._people = people
        self._books = read_books(connection, people, ALL_DAYS)
        self._certificates = _changed(connection, people, self._books)

    def fill_in(self, one: Adjustment) -> Adjustment:
        """Give an adjustment with what it touches."""
        day = read_date(one.day)
        over = [e for e in self._certificates[one.volunteer] if e.first_day <= day <= e.last_day]
        numbers = tuple(sorted(entry.number for entry in over))
        return one._replace(certificates=numbers, stars=self._stars(one.volunteer, day))

    def _stars(self, who: str, day: int) -> tuple[str, ...]:
        figures = self._thresholds.of(*self._people[who].home, day)
        now = sum(row.minutes for row in self._books.confirmed(who) if row.day <= day)
        owed = sum(minutes for at, minutes in self._people[who].owed if at <= day)
        before, after = stars_of(now - owed, figures), stars_of(now, figures)
        return (f"{before}→{after}",) if before != after else ()


def _changed(
    connection: Connection, people: Collection[str], books: Books
) -> dict[str, list[Certify]]:
    """Give the certificates of each person, under any number, that are not what the books say any more."""
    who_is = books.who_is
    mine = {number for who in people for number in (who, *who_is.others(who))}
    found: dict[str, list[Certify]] = {who: [] for who in people}
    for entry in changed_of(connection, mine, books):
        found[who_is.keeper(entry.who)].append(entry)
    return found


def _owing(connection: Connection, people: Iterable[str]) -> dict[str, _Owing]:
    """Give what is owed to these people, or by them, of credited minutes that no close has frozen, and whose they are now."""
    found: dict[str, _Owing] = {}
    asked = select(
        VolunteerNow.number,
        VolunteerNow.team,
        VolunteerNow.region,
        AdjustmentRow.day,
        AdjustmentRow.minutes,
    ).join(AdjustmentRow, AdjustmentRow.who == VolunteerNow.number)
    for some in in_parts(people):
        wanted = VolunteerNow.number.in_(some) & (AdjustmentRow.verdict == CREDITED)
        for who, team, region, day, minutes in connection.execute(asked.where(wanted)):
            found.setdefault(who, _Owing((team, region), [])).owed.append((day, minutes))
    return found
