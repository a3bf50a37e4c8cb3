"""What adjustments touch: certificates that do not hold any more because of them, and star levels that they move (A4)."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, select

from schemas.central_entry import Certify
from server.books.adjust import Adjustment
from server.books.confirmed import read_confirmed
from server.books.dates import read_date
from server.books.hours import FIRST_DAY, Span
from server.books.identities import read_identities
from server.certificates.standing import certificates_of
from server.models.adjustment import AdjustmentRow
from server.models.now import VolunteerNow
from server.people.roster import in_parts
from server.reconcile.minutes import CREDITED
from server.stars.figures import stars_of
from server.stars.thresholds import Thresholds


def with_touched(connection: Connection, adjustments: Sequence[Adjustment]) -> list[Adjustment]:
    """Give the same adjustments, each of credited minutes with what it touches.

    certificates: numbers of those that rest on its date and are not what the books say any more. stars: as `3→2`, where the
    person's level of that date is another without the adjustments that no close has frozen.
    """
    people = {one.volunteer for one in adjustments if one.verdict == CREDITED}
    if not people:
        return list(adjustments)
    touched = _Touched(connection, people)
    return [touched.fill_in(one) if one.verdict == CREDITED else one for one in adjustments]


class _Touched:
    """The papers of people with adjustments of credited minutes."""

    def __init__(self, connection: Connection, people: Collection[str]) -> None:
        self._connection = connection
        self._thresholds = Thresholds(connection)
        self._certificates = {who: _changed(connection, who) for who in people}
        self._homes = _homes(connection, people)
        self._owed = _owed(connection, people)

    def fill_in(self, one: Adjustment) -> Adjustment:
        """Give an adjustment with what it touches."""
        day = read_date(one.day)
        over = [e for e in self._certificates[one.volunteer] if e.first_day <= day <= e.last_day]
        numbers = tuple(sorted(entry.number for entry in over))
        return one._replace(certificates=numbers, stars=self._stars(one.volunteer, day))

    def _stars(self, who: str, day: int) -> tuple[str, ...]:
        figures = self._thresholds.of(*self._homes.get(who, ("", "")), day)
        now = sum(row.minutes for row in read_confirmed(self._connection, who, Span(FIRST_DAY, day)))  # fmt: skip
        owed = sum(minutes for at, minutes in self._owed[who] if at <= day)
        before, after = stars_of(now - owed, figures), stars_of(now, figures)
        return (f"{before}→{after}",) if before != after else ()


def _changed(connection: Connection, who: str) -> list[Certify]:
    """Give the certificates of a person, under any number, that are not what the books say any more."""
    mine = {who, *read_identities(connection, [who]).others(who)}
    return [one.entry for one in certificates_of(connection, mine) if one.changed]


def _homes(connection: Connection, people: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Give team and region of these people, as they are now."""
    found: dict[str, tuple[str, str]] = {}
    query = select(VolunteerNow.number, VolunteerNow.team, VolunteerNow.region)
    for some in in_parts(people):
        for number, team, region in connection.execute(query.where(VolunteerNow.number.in_(some))):
            found[number] = (team, region)
    return found


def _owed(connection: Connection, people: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Give date and minutes of every adjustment of credited minutes of these people that no close has frozen."""
    found: dict[str, list[tuple[int, int]]] = {who: [] for who in people}
    query = select(AdjustmentRow.who, AdjustmentRow.day, AdjustmentRow.minutes)
    for some in in_parts(found):
        wanted = AdjustmentRow.who.in_(some) & (AdjustmentRow.verdict == CREDITED)
        for who, day, minutes in connection.execute(query.where(wanted)):
            found[who].append((day, minutes))
    return found
