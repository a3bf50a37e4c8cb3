"""What adjustments touch: certificates that do not hold any more because of them, and star levels that they move (A4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from schemas.central_entry import Certify
from server.access.part import Part
from server.books.adjust import Adjustment
from server.books.confirmed import read_confirmed_of
from server.books.dates import read_date
from server.books.hours import Span
from server.books.identities import read_identities
from server.certificates.standing import certificates_of
from server.models.adjustment import AdjustmentRow
from server.models.now import VolunteerNow
from server.people.roster import in_parts
from server.reconcile.minutes import CREDITED
from server.stars.figures import stars_of
from server.stars.thresholds import Thresholds

ALL_DAYS = Span()


def with_touched(
    connection: Connection, adjustments: Sequence[Adjustment], part: Part
) -> list[Adjustment]:
    """Give the same adjustments, each of credited minutes with what it touches, where its person is within the part.

    certificates: numbers of those that rest on its date and are not what the books say any more. stars: as `3→2`, where the
    person's level of that date is another without the adjustments that no close has frozen. As many questions are asked for many
    adjustments as for one.
    """
    homes = _homes(connection, {one.volunteer for one in adjustments if one.verdict == CREDITED})
    mine = {who: home for who, home in homes.items() if part.has_person(*home)}
    if not mine:
        return list(adjustments)
    touched = _Touched(connection, mine)
    return [
        touched.fill_in(one) if one.verdict == CREDITED and one.volunteer in mine else one
        for one in adjustments
    ]


class _Touched:
    """The papers and the minutes of people with adjustments of credited minutes, by who; all are read at once."""

    def __init__(self, connection: Connection, homes: Mapping[str, tuple[str, str]]) -> None:
        self._thresholds = Thresholds(connection)
        self._homes = homes
        self._certificates = _changed(connection, homes)
        self._owed = _owed(connection, homes)
        self._confirmed = read_confirmed_of(connection, homes, ALL_DAYS)

    def fill_in(self, one: Adjustment) -> Adjustment:
        """Give an adjustment with what it touches."""
        day = read_date(one.day)
        over = [e for e in self._certificates[one.volunteer] if e.first_day <= day <= e.last_day]
        numbers = tuple(sorted(entry.number for entry in over))
        return one._replace(certificates=numbers, stars=self._stars(one.volunteer, day))

    def _stars(self, who: str, day: int) -> tuple[str, ...]:
        figures = self._thresholds.of(*self._homes[who], day)
        now = sum(row.minutes for row in self._confirmed[who] if row.day <= day)
        owed = sum(minutes for at, minutes in self._owed[who] if at <= day)
        before, after = stars_of(now - owed, figures), stars_of(now, figures)
        return (f"{before}→{after}",) if before != after else ()


def _changed(connection: Connection, people: Collection[str]) -> dict[str, list[Certify]]:
    """Give the certificates of each person, under any number, that are not what the books say any more."""
    who_is = read_identities(connection, people)
    mine = {number for who in people for number in (who, *who_is.others(who))}
    found: dict[str, list[Certify]] = {who: [] for who in people}
    for one in certificates_of(connection, mine):
        if one.changed:
            found[who_is.keeper(one.entry.who)].append(one.entry)
    return found


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
