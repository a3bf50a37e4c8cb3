"""Sites whose month cannot be closed yet, and what each waits for: a kiosk that is whole is passed over at one glance."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from server.access.part import Part
from server.books.dates import day_end_ms
from server.books.derive.site_days import Reach, open_days, read_reaches
from server.books.periods.months import first_day, last_day
from server.models.period import PeriodClose


class Why(StrEnum):
    """What a site waits for: a person who confirms a log, a kiosk that never told how far it is, entries missing, a contact."""

    PENDING = "pending"
    NEVER = "never"
    GAP = "gap"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A site that waits. days: dates of the month that are open; logs: those waited for, each with why."""

    site: str
    days: int
    logs: list[tuple[str, Why]]


@dataclass(frozen=True, slots=True)
class Waits:
    """What keeps a month open. pending: logs that a person has to confirm, of whatever month, with their site."""

    blocked: list[Blocked]
    pending: list[tuple[str, str]]

    def count(self, why: Why) -> int:
        """Give how many sites wait for such a thing."""
        return sum(any(one is why for _, one in each.logs) for each in self.blocked)


def blocked_months(connection: Connection, part: Part, month: int) -> Waits:
    """Give the sites within a part that keep a month open, those with the most open dates first."""
    closed = set(connection.scalars(select(PeriodClose.site).where(PeriodClose.month == month)))
    reaches = read_reaches(connection)
    mine = {site: own for site, own in reaches.items() if part.has_site(site)}
    found = [_blocked(site, own, month) for site, own in mine.items() if site not in closed]
    pending = [(r.log, site) for site, own in mine.items() for r in own if r.pending]
    waiting = [one for one in found if one.days]
    return Waits(sorted(waiting, key=lambda b: (-b.days, b.site)), sorted(pending))


def _blocked(site: str, reaches: Iterable[Reach], month: int) -> Blocked:
    first, last = first_day(month), last_day(month)
    late = [r for r in reaches if not _is_whole(r, first, last)]
    days = open_days(late, first, last)
    out = {(reach.log, _why(reach, last)) for waited in days.values() for reach in waited}
    return Blocked(site, len(days), sorted(out))


def _is_whole(reach: Reach, first: int, last: int) -> bool:
    """Tell at a glance that nothing of a month is missing: the usual case, for thousands of kiosks."""
    is_past = reach.until_ms is not None and reach.until_ms >= day_end_ms(last)
    return is_past and not any(a <= last and first <= b for a, b in reach.gaps)


def _why(reach: Reach, last: int) -> Why:
    if reach.pending:
        return Why.PENDING
    if reach.until_ms is None:
        return Why.NEVER
    return Why.BEHIND if reach.until_ms < day_end_ms(last) else Why.GAP
