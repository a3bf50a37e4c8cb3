"""A month of a site in figures that add up, however one adds them (F6), and what closing it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from schemas.central_entry import ClosePeriod
from schemas.vocabulary import Code
from server.access.part import Part
from server.books import central_rows
from server.books.derive.site_days import read_reaches
from server.books.periods.adjust import Adjustment, read_adjustments
from server.books.periods.closed_months import Closed
from server.books.periods.months import first_day, iso_month, last_day
from server.books.periods.touched import with_touched
from server.books.read_completeness import SiteDate, site_date
from server.limits import PERIOD_ADJUSTMENTS_SHOWN_MAX
from server.models.period import PeriodClose
from server.people.titles import site_names
from sync.errors import Refused

VERDICTS = ("credited", "held", "refused")
WAYS = ("team", "region", "day", "who")
"""What a month is added up by. Of people only the sums are told: a list of them is a report."""

Minutes = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """A month added up one way. rows: minutes by verdict of each key. total: of all rows. count: how many rows there are."""

    by: str
    rows: list[tuple[str | int, Minutes]]
    total: Minutes
    count: int


@dataclass(frozen=True, slots=True)
class Period:
    """A month of a site. ways: the same minutes added up each way. agree: all of them, and the close, have the same total.

    closed: its close, if there is one, and the hash of that. open_days: dates that something is out of. adjustments: the first so
    many (`PERIOD_ADJUSTMENTS_SHOWN_MAX`), with what they touch; owed: how many there are in all.
    """

    site: str
    name: str
    month: int
    closed: ClosePeriod | None
    entry: str
    ways: list[Sums]
    agree: bool
    open_days: list[SiteDate]
    adjustments: list[Adjustment]
    owed: int


def read_period(connection: Connection, part: Part, site: str, month: int) -> Period:
    """Give a month of a site. Raise `Refused(not_found)` for a site that is not there, or not within the part."""
    name = site_names(connection).get(site)
    if name is None or not part.has_site(site):
        raise Refused(Code.NOT_FOUND, f"没有站点 / no site: {site}")
    closes = _closes(connection, site)
    closed, entry = closes.get(month, (None, ""))
    ways = _sums(connection, site, month, is_frozen=closed is not None)
    totals = [way.total for way in ways]
    if closed is not None:
        totals.append({verdict: getattr(closed, verdict) for verdict in VERDICTS})
    reaches = sorted(
        read_reaches(connection, [site]).get(site, ()), key=lambda r: (r.log, r.from_ms)
    )
    days = [site_date(site, day, reaches) for day in range(first_day(month), last_day(month) + 1)]
    months = Closed({site: frozenset(closes)})
    owed = _owed(connection, site, month, months) if closed is not None else []
    agree = all(total == totals[0] for total in totals)
    open_days = [day for day in days if day.missing]
    shown = with_touched(connection, owed[:PERIOD_ADJUSTMENTS_SHOWN_MAX], part)
    return Period(site, name, month, closed, entry, ways, agree, open_days, shown, len(owed))


def _owed(connection: Connection, site: str, month: int, closed: Closed) -> list[Adjustment]:
    here = read_adjustments(connection, site=site, closed=closed)
    return [a for a in here if a.period == iso_month(month)]


def _closes(connection: Connection, site: str) -> dict[int, tuple[ClosePeriod, str]]:
    """Give every close of a site and its hash, by month."""
    query = select(PeriodClose.month, PeriodClose.body, PeriodClose.hash)
    return {
        row.month: (central_rows.close_of(bytes(row.body)), bytes(row.hash).hex())
        for row in connection.execute(query.where(PeriodClose.site == site))
    }


def _sums(connection: Connection, site: str, month: int, *, is_frozen: bool) -> list[Sums]:
    """Add up what was frozen of a closed month, or what is derived of an open one: each way by itself, in one question."""
    asked = _FROZEN if is_frozen else _POSTED
    given = {"site": site, "month": month, "first": first_day(month), "last": last_day(month)}
    rows: dict[str, dict[str, dict[str, int]]] = {by: {} for by in WAYS}
    each = " UNION ALL ".join(asked.format(by=by) for by in WAYS)
    for by, key, verdict, minutes in connection.execute(text(each), given):
        rows[by].setdefault(key, dict.fromkeys(VERDICTS, 0))[verdict] = int(minutes)
    return [_told(by, rows[by]) for by in WAYS]


def _told(by: str, rows: dict[str, dict[str, int]]) -> Sums:
    total = {verdict: sum(row[verdict] for row in rows.values()) for verdict in VERDICTS}
    listed: list[tuple[str | int, Minutes]] = []
    if by == "day":
        listed = [(int(day), rows[day]) for day in sorted(rows, key=int)]
    elif by != "who":
        listed = sorted(rows.items())
    return Sums(by, listed, total, len(rows))


_POSTED = (
    "SELECT '{by}', CAST({by} AS VARCHAR), verdict, SUM(minutes) FROM derived.posting "
    "WHERE site = :site AND day BETWEEN :first AND :last GROUP BY {by}, verdict"
)
_FROZEN = (
    "SELECT '{by}', CAST({by} AS VARCHAR), verdict, SUM(minutes) FROM frozen_posting "
    "WHERE site = :site AND month = :month AND day BETWEEN :first AND :last GROUP BY {by}, verdict"
)
