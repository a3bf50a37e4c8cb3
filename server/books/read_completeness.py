"""Completeness as staff read it: how far each kiosk has come, which dates of which sites are open, who is missing, since when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.books.dates import day_end_ms, iso_date, iso_time
from server.books.derive.site_days import ALWAYS, Reach, read_reaches, site_day
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.limits import COMPLETENESS_DAYS_MAX
from server.models.derived import RecordRow
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class KioskReach:
    """A kiosk's log at a site. complete_until: before it everything is in ("" if it has ended; None: it never said).

    gaps: local dates that missing entries leave open. state: `enrolled`, `ended` (superseded or revoked, and held whole) or
    `pending`.
    """

    log: str
    site: str
    state: str
    since: str | None
    to: str | None
    complete_until: str | None
    gaps: list[list[str]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A kiosk that a site-day waits for. why: `gap`, `behind`, `never` or `pending`. since: it is out from then (None: ever)."""

    log: str
    why: str
    since: str | None


@dataclass(frozen=True, slots=True)
class SiteDate:
    """A local date of a site. as_of: the smallest frontier there (None: unknown). missing: whom it waits for."""

    site: str
    day: str
    complete: bool
    as_of: str | None
    missing: list[Missing]


@dataclass(frozen=True, slots=True)
class Completeness:
    """Kiosks by site and log, site-days by site and date."""

    kiosks: list[KioskReach]
    site_days: list[SiteDate]


def read_completeness(connection: Connection, site: str, span: Span) -> Completeness:
    """Give how complete a site (or, with "", every site) is: on every date of the span, or on those with a record.

    Raise `Refused` (`bad_field`) for a span of more than `COMPLETENESS_DAYS_MAX` dates with both ends given.
    """
    reaches = read_reaches(connection)
    sites = [site] if site else sorted(reaches)
    recorded = _recorded(connection, site, span)
    every = _every_day(span)
    kiosks, dates = [], []
    for name in sites:
        own = sorted(reaches.get(name, ()), key=lambda r: (r.log, r.from_ms))
        kiosks += [_kiosk(name, reach) for reach in own]
        wanted = {d for d in every if any(r.is_there(d) for r in own)} | recorded.get(name, set())
        dates += [site_date(name, day, own) for day in sorted(wanted)]
    return Completeness(kiosks, dates)


def _recorded(connection: Connection, site: str, span: Span) -> dict[str, set[int]]:
    """Give the dates on which records began or ended, by site."""
    found: dict[str, set[int]] = {}
    for column in (RecordRow.day, RecordRow.last_day):
        query = select(RecordRow.site, column).distinct()
        query = query.where(column.between(span.first, span.last), RecordRow.site != "")
        if site:
            query = query.where(RecordRow.site == site)
        for name, day in connection.execute(query):
            found.setdefault(name, set()).add(day)
    return found


def _every_day(span: Span) -> Iterable[int]:
    if span.first == FIRST_DAY or span.last == LAST_DAY:
        return ()
    if span.last - span.first >= COMPLETENESS_DAYS_MAX:
        words = f"最多 {COMPLETENESS_DAYS_MAX} 天 / at most {COMPLETENESS_DAYS_MAX} days at once"
        raise Refused(Code.BAD_FIELD, words)
    return range(span.first, span.last + 1)


def _kiosk(site: str, reach: Reach) -> KioskReach:
    state = "pending" if reach.pending else "ended" if reach.until_ms == ALWAYS else "enrolled"
    until = "" if reach.until_ms == ALWAYS else _time(reach.until_ms)
    since = None if reach.from_ms <= -(2**62) else iso_time(reach.from_ms)
    gaps = [[iso_date(first), iso_date(last)] for first, last in reach.gaps]
    to = iso_time(reach.to_ms) if reach.to_ms else None
    return KioskReach(reach.log, site, state, since, to, until, gaps)


def site_date(site: str, day: int, reaches: Sequence[Reach]) -> SiteDate:
    """Say how far a local date of a site has come, by what is at the site."""
    state = site_day(reaches, day)
    out = [missing(reach, day) for reach in state.out]
    return SiteDate(site, iso_date(day), state.complete, _time(state.frontier_ms), out)


def missing(reach: Reach, day: int) -> Missing:
    """Say why a date waits for a log that is out."""
    if reach.pending:
        return Missing(reach.log, "pending", iso_time(reach.from_ms))
    if reach.until_ms is None:
        return Missing(reach.log, "never", None)
    if reach.until_ms < day_end_ms(day):
        return Missing(reach.log, "behind", iso_time(reach.until_ms))
    first = min(first for first, last in reach.gaps if first <= day <= last)
    return Missing(reach.log, "gap", iso_date(first) if first else None)


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else iso_time(at_ms)
