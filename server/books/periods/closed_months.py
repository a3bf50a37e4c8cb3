"""Periods: months of sites, which are closed, and in which month what comes later is booked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from server.books.periods.months import first_day, last_day, month_of, next_month
from server.models.period import PeriodClose


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed months of each site."""

    months: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def has(self, site: str, day: int) -> bool:
        """Tell whether a date of a site lies in a closed month."""
        return month_of(day) in self.months.get(site, ())

    def booked_in(self, site: str, month: int) -> int:
        """Give the month in which adjustments to a closed one are booked: the site's earliest later one that is not closed."""
        closed = self.months.get(site, frozenset())
        at = next_month(month)
        while at in closed:
            at = next_month(at)
        return at

    def corrected_by(self, site: str, month: int) -> list[int]:
        """Give the closed months whose adjustments are booked in this one, in order."""
        closed = self.months.get(site, frozenset())
        return sorted(m for m in closed if m < month and self.booked_in(site, m) == month)


def read_closed(connection: Connection, sites: Collection[str] | None = None) -> Closed:
    """Read which months are closed, of these sites or of all."""
    query = select(PeriodClose.site, PeriodClose.month)
    if sites is not None:
        query = query.where(PeriodClose.site.in_(sorted(sites)))
    found: dict[str, set[int]] = {}
    for site, month in connection.execute(query):
        found.setdefault(site, set()).add(month)
    return Closed({site: frozenset(months) for site, months in found.items()})


def days_of(months: Collection[int]) -> list[tuple[int, int]]:
    """Give the first and last date of each month."""
    return [(first_day(month), last_day(month)) for month in sorted(months)]
