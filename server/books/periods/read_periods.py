"""The months of sites with their figures: what was frozen in the closed ones, what is booked in the open ones so far."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from server.books import central_rows
from server.books.periods.closed_months import read_closed
from server.books.periods.months import iso_month, month_of
from server.models.period import PeriodClose


@dataclass(slots=True)
class Period:
    """A month of a site. credited, held, refused: minutes of its own dates; adjusted_…: of closed months, booked in it."""

    site: str
    month: str
    closed: bool
    credited: int = 0
    held: int = 0
    refused: int = 0
    adjusted_credited: int = 0
    adjusted_held: int = 0
    adjusted_refused: int = 0
    by: str = ""
    reason: str = ""
    entry: str = ""


def read_periods(connection: Connection, *, site: str = "") -> list[Period]:
    """Give every month of every site (or of one) that has a figure or is closed, in order."""
    found: dict[tuple[str, int], Period] = {}
    for row in connection.execute(select(PeriodClose)):
        if site in ("", row.site):
            entry = central_rows.close_of(bytes(row.body))
            found[row.site, row.month] = Period(
                row.site,
                iso_month(row.month),
                True,
                entry.credited,
                entry.held,
                entry.refused,
                entry.adjusted_credited,
                entry.adjusted_held,
                entry.adjusted_refused,
                entry.by,
                entry.why,
                bytes(row.hash).hex(),
            )
    closed = read_closed(connection)
    for at, day, verdict, minutes in connection.execute(_POSTED, {"site": site}):
        if not closed.has(at, day):
            _add(found, at, month_of(day), verdict, int(minutes))
    for at, day, verdict, minutes in connection.execute(_ADJUSTED, {"site": site}):
        month = closed.booked_in(at, month_of(day))
        _add(found, at, month, f"adjusted_{verdict}", int(minutes))
    return [found[key] for key in sorted(found)]


def _add(
    found: dict[tuple[str, int], Period], site: str, month: int, figure: str, minutes: int
) -> None:
    period = found.setdefault((site, month), Period(site, iso_month(month), False))
    setattr(period, figure, getattr(period, figure) + minutes)


_POSTED = text(
    "SELECT site, day, verdict, SUM(minutes) FROM derived.posting "
    "WHERE :site IN ('', site) GROUP BY site, day, verdict"
)
_ADJUSTED = text(
    "SELECT site, day, verdict, SUM(minutes) FROM derived.adjustment "
    "WHERE :site IN ('', site) GROUP BY site, day, verdict"
)
