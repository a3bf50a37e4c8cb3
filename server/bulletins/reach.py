"""How complete a bulletin's dates are: which kiosks are still out, as of when the figures hold, what may still be added."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.access.part import Part
from server.books.dates import iso_time
from server.books.derive.beginnings import between
from server.books.derive.site_days import Reach, SiteDay, read_reaches, site_day
from server.books.hours import Span
from server.books.periods.closed_months import Closed, read_closed
from server.books.periods.months import month_of
from server.books.read_completeness import missing
from server.bulletins.content import Out
from server.models.derived import RecordRow
from server.models.site import Site
from server.people.places import Places
from server.people.titles import titles
from server.reconcile.policy import MINUTE_MS

SiteDays = Mapping[tuple[str, int], SiteDay]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the sites of a bulletin have come. out: every kiosk that some date of the span waits for.

    complete: no kiosk is out, and for every date with a record there was one; where there was none at all, nobody can say.
    months, closed: months of sites with a record, and how many of them are closed. open_minutes: of site-days that are not
    complete.
    """

    complete: bool
    as_of: str | None
    out: tuple[Out, ...]
    months: int
    closed: int
    open_minutes: Mapping[tuple[str, int], int]


def read_standing(
    connection: Connection, regions: Collection[str], span: Span, part: Part
) -> Standing:
    """Look at every site of these regions on every date of the span, and at every site-day of a record that touches it."""
    reaches, places = read_reaches(connection), Places(connection)
    recorded = _recorded(connection, regions, span, part)
    sites = _sites(connection, places, regions, span.last, part)
    wanted = recorded | {
        (site, day)
        for site in sites
        for day in range(span.first, span.last + 1)
        if any(reach.is_there(day) for reach in reaches.get(site, ()))
    }
    days = {(site, day): site_day(reaches.get(site, ()), day) for site, day in sorted(wanted)}
    closed = read_closed(connection)
    months = {(site, month_of(day)) for site, day in recorded}
    return Standing(
        complete=bool(days) and all(day.complete for day in days.values()),
        as_of=_as_of(days),
        out=tuple(_outs(days, titles(connection, "site"))),
        months=len(months),
        closed=_count_closed(months, closed),
        open_minutes={
            key: places.policy(*key).open_ms_max // MINUTE_MS
            for key in recorded
            if not days[key].complete
        },
    )


def _recorded(
    connection: Connection, regions: Collection[str], span: Span, part: Part
) -> set[tuple[str, int]]:
    """Give the site-days on which records that touch the span began or ended."""
    r = RecordRow
    found: set[tuple[str, int]] = set()
    near = between(connection, span.first, span.last)
    for day in (r.day, r.last_day):
        asked = select(r.site, day).where(r.region.in_(sorted(regions))).distinct()
        asked = asked.where(part.records_within(r.site, r.team, r.region), *near)
        rows = connection.execute(asked.where(r.day <= span.last, r.last_day >= span.first))
        found.update((site, at) for site, at in rows)
    return found


def _sites(
    connection: Connection, places: Places, regions: Collection[str], day: int, part: Part
) -> list[str]:
    """Give the sites that lie in these regions on a day."""
    codes = select(Site.code).where(part.sites_within(Site.code)).distinct()
    return sorted(code for code in connection.scalars(codes) if places.region(code, day) in regions)


def _as_of(days: SiteDays) -> str | None:
    """Give the smallest frontier concerned; None while a kiosk concerned has never said how far it is."""
    frontiers = [day.frontier_ms for day in days.values()]
    waited = [reach for day in days.values() for reach in day.out]
    if any(reach.until_ms is None for reach in waited):
        return None
    known = [at_ms for at_ms in frontiers if at_ms is not None]
    return iso_time(min(known)) if known else None


def _outs(days: SiteDays, names: Mapping[str, str]) -> Iterable[Out]:
    """Give each kiosk that is out at a site once: for how many dates, and why on the first of them."""
    found: dict[tuple[str, str], list[tuple[int, Reach]]] = {}
    for (site, day), state in days.items():
        for reach in state.out:
            found.setdefault((site, reach.log), []).append((day, reach))
    for (site, log), waits in sorted(found.items()):
        yield _out(site, names.get(site, ""), log, waits)


def _out(site: str, name: str, log: str, waits: Sequence[tuple[int, Reach]]) -> Out:
    day, reach = min(waits, key=lambda one: one[0])
    why = missing(reach, day)
    dates = len({at for at, _ in waits})
    return Out(site=site, name=name, log=log, why=why.why, since=why.since or "", dates=dates)


def _count_closed(months: Iterable[tuple[str, int]], closed: Closed) -> int:
    return sum(month in closed.months.get(site, ()) for site, month in months)
