"""The sites of a month, and what closing each waits for: by site, a page at a time (RULES, 9)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from schemas.central_entry import ClosePeriod
from server.access.part import Part
from server.books import central_rows
from server.books.derive.site_days import Reach, open_days, read_reaches
from server.books.periods.months import first_day, last_day, month_end_ms
from server.models.adjustment import AdjustmentRow
from server.models.now import SiteNow
from server.models.period import PeriodClose

SITES_A_PAGE = 50


class State(StrEnum):
    """How far a month of a site is: closed, ready to be closed, waiting for a kiosk, not over, or nothing was ever there."""

    CLOSED = "closed"
    READY = "ready"
    WAITS = "waits"
    RUNNING = "running"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class SiteMonthState:
    """A site in a month. closed: its close, if there is one. open_days: dates that something is out of; out: of which logs.

    adjusted: minutes of adjustments to this month that no close has booked yet.
    """

    site: str
    name: str
    state: State
    closed: ClosePeriod | None
    open_days: int
    out: tuple[str, ...]
    adjusted: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of sites. after: the site behind which the next begins ("" for none)."""

    rows: list[SiteMonthState]
    after: str


def list_periods(
    connection: Connection,
    part: Part,
    month: int,
    now_ms: int,
    *,
    region: str = "",
    after: str = "",
    limit: int = SITES_A_PAGE,
) -> Page:
    """Give the sites within a part (and a region, if one is named) in the order of their codes, each with its month."""
    query = (
        select(SiteNow.code, SiteNow.name)
        .where(part.sites_within(SiteNow.code), SiteNow.code > after)
        .order_by(SiteNow.code)
        .limit(limit + 1)
    )
    if region:
        query = query.where(SiteNow.region == region)
    names = {row.code: row.name for row in connection.execute(query)}
    shown = list(names)[:limit]
    closes = _closes(connection, month, shown)
    reaches = read_reaches(connection, shown)
    adjusted = _adjusted(connection, month, shown)
    is_over = now_ms >= month_end_ms(month)
    rows = []
    for site in shown:
        open_days, out = _open(reaches.get(site, ()), month)
        state = _state(site in closes, is_over, bool(reaches.get(site)), open_days)
        rows.append(
            SiteMonthState(
                site, names[site], state, closes.get(site), open_days, out, adjusted.get(site, 0)
            )
        )
    return Page(rows, shown[-1] if len(names) > limit else "")


def _state(is_closed: bool, is_over: bool, has_kiosk: bool, open_days: int) -> State:
    if is_closed:
        return State.CLOSED
    if not has_kiosk:
        return State.EMPTY
    if not is_over:
        return State.RUNNING
    return State.WAITS if open_days else State.READY


def _open(reaches: Collection[Reach], month: int) -> tuple[int, tuple[str, ...]]:
    """Count the dates of a month that something is out of, and name the logs that are waited for."""
    out = open_days(reaches, first_day(month), last_day(month))
    return len(out), tuple(sorted({reach.log for late in out.values() for reach in late}))


def _closes(connection: Connection, month: int, sites: Collection[str]) -> dict[str, ClosePeriod]:
    query = select(PeriodClose.site, PeriodClose.body)
    found = query.where(PeriodClose.site.in_(sites), PeriodClose.month == month)
    return {site: central_rows.close_of(bytes(body)) for site, body in connection.execute(found)}


def _adjusted(connection: Connection, month: int, sites: Collection[str]) -> dict[str, int]:
    """Add up what the month owes or is owed, which is little: an adjustment is an exception."""
    total = func.sum(func.abs(AdjustmentRow.minutes))
    days = AdjustmentRow.day.between(first_day(month), last_day(month))
    query = select(AdjustmentRow.site, total).where(AdjustmentRow.site.in_(sites), days)
    return {site: int(m) for site, m in connection.execute(query.group_by(AdjustmentRow.site))}
