"""Close a month of a region: of every site in it that can be closed; the region is closed when its sites are (RULES, 9)."""

from dataclasses import dataclass

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books.decisions.actor import Actor
from server.books.periods.close_period import ClosedNow, close_period
from server.books.periods.months import iso_month, last_day
from server.central import Central
from server.database import Database
from server.people.sites import sites_of
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A site that was not closed, and why."""

    site: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ClosedRegion:
    """What became of the sites of a region. closed: all of them are, and so is it."""

    region: str
    month: str
    closed: bool
    sites: list[ClosedNow]
    left_out: list[LeftOpen]


def close_region(
    database: Database,
    central: Central,
    actor: Actor,
    region: str,
    month: int,
    *,
    why: str = "",
    is_dry: bool = False,
    part: Part = EVERYTHING,
    sites_max: int = 0,
) -> ClosedRegion:
    """Close a month of each site that lies in a region, or in one below it, on the month's last day, and in the part now.

    A site that something is missing of, or whose totals differ, is left open and named, and the others are closed: again later
    closes the rest. Raise `Refused`: `not_found` where no site lies there, `not_over`, `role_too_low`, `too_large` for more than
    `sites_max` (0: as many as there are).
    """
    with database.read() as connection:
        every = sites_of(connection, region, last_day(month))
    sites = [site for site in every if part.has_site(site)]
    if 0 < sites_max < len(sites):
        words = f"超过 {sites_max} 个站点，请按下级区划 / too many sites: by a region below"
        raise Refused(Code.TOO_LARGE, words)
    if not sites:
        raise Refused(Code.NOT_FOUND, f"区划内没有站点 / no site in region: {region}")
    closed: list[ClosedNow] = []
    left_out: list[LeftOpen] = []
    for site in sites:
        try:
            done = close_period(database, central, actor, site, month, why=why, is_dry=is_dry)
        except Refused as refused:
            if refused.code not in _OF_ONE_SITE:
                raise
            left_out.append(LeftOpen(site, str(refused.code), refused.detail))
        else:
            closed.append(done)
    is_open = left_out or len(sites) < len(every)
    is_closed = not is_open and not (is_dry and any(not done.already for done in closed))
    return ClosedRegion(region, iso_month(month), is_closed, closed, left_out)


_OF_ONE_SITE = frozenset({Code.REASON_NEEDED, Code.TOTALS_DIFFER, Code.TRY_LATER})
"""What stands against closing one site and says nothing of another."""
