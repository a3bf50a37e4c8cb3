"""Periods: the months of sites, what closing each waits for, and closing it; how complete what came in is."""

from dataclasses import dataclass
from typing import Any

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import LocalDate, Month, PageAsked, Strict, dry_run, number, words
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_date
from server.books.hours import Span
from server.books.periods.close_period import ClosedNow, close_period
from server.books.periods.list_periods import SiteMonthState, list_periods
from server.books.periods.months import iso_month, read_month
from server.books.periods.read_period import Minutes, Period, Sums, read_period
from server.books.periods.site_month import Coverage, read_site_month
from server.books.periods.site_month import Stretch as Thin
from server.books.read_completeness import Completeness, SiteDate, read_completeness
from server.books.read_completeness import Missing as MissingKiosk
from sync.errors import Refused

calls = Calls(
    "periods", __name__, "Months of sites: figures that add up, what is still out, closing."
)


@dataclass(frozen=True, slots=True)
class SiteMonthListed:
    """A site in a month. state: `closed`, `ready`, `waits`, `running` or `empty`. open_days: dates that something is out of.

    out: logs of the kiosks that are waited for. adjusted: minutes of adjustments that no close has booked yet.
    """

    site: str
    name: str
    month: str
    state: str
    open_days: int
    out: list[str]
    adjusted: int


@dataclass(frozen=True, slots=True)
class AddedLine:
    """Minutes of a team, region or date."""

    key: str
    credited: int
    held: int
    refused: int


@dataclass(frozen=True, slots=True)
class Added:
    """A month added up one way (`team`, `region`, `day`, `who`). rows: how many there are; lines: each (of people, none)."""

    by: str
    rows: int
    credited: int
    held: int
    refused: int
    lines: list[AddedLine]


@dataclass(frozen=True, slots=True)
class PeriodTold:
    """A month of a site. ways: the same minutes added up each way. agree: all of them have the same total (F6).

    open_days: dates that something is out of. entry: hash of its close ("" while it is open). owed: how many adjustments of it no
    close has booked yet (`/sites/{site}/adjustments`).
    """

    site: str
    name: str
    month: str
    closed: bool
    entry: str
    agree: bool
    ways: list[Added]
    open_days: list[SiteDate]
    owed: int


@dataclass(frozen=True, slots=True)
class ShiftsTold:
    """The shifts of a site in a month, as they were held."""

    site: str
    month: str
    shifts: list[Coverage]


NAMES.update({MissingKiosk: "MissingKiosk", Thin: "ShiftStretch"})


class PeriodsAsked(PageAsked):
    """Which month, of which region's sites."""

    month = Month(required=True)
    region = number(load_default=str)


class CompletenessAsked(Strict):
    """Which dates."""

    first = LocalDate(data_key="from", required=True)
    last = LocalDate(data_key="to", required=True)


class CloseWanted(Strict):
    """A close. why: needed where dates are still open."""

    why = words(WHY_CHARS_MAX, load_default=str)
    dry_run = dry_run()


@calls.reads("/periods", needs=Right.SEE, asks=PeriodsAsked, gives=page_shape(SiteMonthListed))
def browse(asked: dict[str, Any]) -> Page[SiteMonthListed]:
    """The sites of a month, and what closing each waits for."""
    behind, month = after(asked), asked["month"]
    with here.reading() as connection:
        found = list_periods(
            connection,
            here.part(connection, Right.SEE),
            month,
            here.now_ms(),
            region=asked["region"],
            after=behind[0] if behind else "",
            limit=asked["limit"],
        )
    return Page([_listed(row, month) for row in found.rows], onward(found.after))


@calls.reads("/periods/<number:site>/<month:month>", needs=Right.SEE, gives=PeriodTold)
def one(_asked: dict[str, Any], site: str, month: str) -> PeriodTold:
    """A month of a site in figures that add up."""
    with here.reading() as connection:
        return _told(
            read_period(connection, here.part(connection, Right.SEE), site, read_month(month))
        )


@calls.acts(
    "/periods/<number:site>/<month:month>/close",
    needs=Right.CLOSE,
    takes=CloseWanted,
    gives=ClosedNow,
)
def close(wanted: dict[str, Any], site: str, month: str) -> ClosedNow:
    """Close a month of a site, or (`dry_run`) say what would be frozen. Closing again changes nothing."""
    services = here.services()
    with here.reading() as connection:
        require_site(here.sight(connection).has_site(site))
        actor = here.acting(connection, Right.CLOSE, Where(site))
    return close_period(
        services.database,
        services.central,
        actor,
        site,
        read_month(month),
        why=wanted["why"],
        is_dry=wanted["dry_run"],
    )


@calls.reads(
    "/sites/<number:site>/completeness", needs=Right.SEE, asks=CompletenessAsked, gives=Completeness
)
def completeness(asked: dict[str, Any], site: str) -> Completeness:
    """How far each kiosk of a site has come, and which dates are complete."""
    with here.reading() as connection:
        require_site(here.part(connection, Right.SEE).has_site(site))
        return read_completeness(connection, site, Span(asked["first"], asked["last"]))


@calls.reads("/sites/<number:site>/shifts/<month:month>", needs=Right.SEE, gives=ShiftsTold)
def shifts(_asked: dict[str, Any], site: str, month: str) -> ShiftsTold:
    """How the shifts of a site were held in a month: who never came, where there were too few or too many."""
    with here.reading() as connection:
        require_site(here.part(connection, Right.SEE).has_site(site))
        found = read_site_month(connection, site, read_month(month))
    return ShiftsTold(site, found.month, found.shifts)


def require_site(is_within: bool) -> None:
    """Refuse (`not_found`) a site outside the part: nobody learns that it exists."""
    if not is_within:
        raise Refused(Code.NOT_FOUND)


def _listed(row: SiteMonthState, month: int) -> SiteMonthListed:
    return SiteMonthListed(
        row.site, row.name, iso_month(month), row.state, row.open_days, list(row.out), row.adjusted
    )


def _told(found: Period) -> PeriodTold:
    return PeriodTold(
        found.site,
        found.name,
        iso_month(found.month),
        found.closed is not None,
        found.entry,
        found.agree,
        [_added(way) for way in found.ways],
        found.open_days,
        found.owed,
    )


def _added(way: Sums) -> Added:
    total = way.total
    lines = [_line(way.by, key, minutes) for key, minutes in way.rows]
    return Added(way.by, way.count, total["credited"], total["held"], total["refused"], lines)


def _line(by: str, key: str | int, minutes: Minutes) -> AddedLine:
    told = iso_date(int(key)) if by == "day" else str(key)
    return AddedLine(told, minutes["credited"], minutes["held"], minutes["refused"])
