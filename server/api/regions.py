"""A month of a region, closed site by site, and what the closed months of a site owe or are owed."""

from dataclasses import dataclass
from typing import Any

from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import PageAsked
from server.api.periods import CloseWanted, require_site
from server.api.shapes import NAMES, page_shape
from server.books.periods.adjust import Adjustment, read_adjustments
from server.books.periods.close_region import ClosedRegion, LeftOpen, close_region
from server.books.periods.months import read_month
from server.books.periods.touched import with_touched
from server.limits import API_REGION_SITES_MAX

calls = Calls("regions", __name__, "Closing a region's month, and adjustments of closed months.")
NAMES.update({LeftOpen: "SiteLeftOpen"})


@dataclass(frozen=True, slots=True)
class AdjustmentTold:
    """What a closed month owes or is owed. period: that month; booked: the open one. certificates, stars: what it touches."""

    volunteer: str
    site: str
    period: str
    booked: str
    day: str
    record: str
    verdict: str
    cause: str
    team: str
    region: str
    minutes: int
    certificates: list[str]
    stars: list[str]


@calls.acts(
    "/regions/<number:region>/periods/<month:month>/close",
    needs=Right.CLOSE,
    takes=CloseWanted,
    gives=ClosedRegion,
)
def close(wanted: dict[str, Any], region: str, month: str) -> ClosedRegion:
    """Close a month of every site of a region, or (`dry_run`) say what would be frozen. A site that waits is named."""
    services = here.services()
    with here.reading() as connection:
        require_site(here.sight(connection).has_region(region))
        actor = here.acting(connection, Right.CLOSE, Where(region=region))
        part = here.part(connection, Right.CLOSE)
    return close_region(
        services.database,
        services.central,
        actor,
        region,
        read_month(month),
        why=wanted["why"],
        is_dry=wanted["dry_run"],
        part=part,
        sites_max=API_REGION_SITES_MAX,
    )


@calls.reads(
    "/sites/<number:site>/adjustments",
    needs=Right.SEE,
    asks=PageAsked,
    gives=page_shape(AdjustmentTold),
)
def adjustments(asked: dict[str, Any], site: str) -> Page[AdjustmentTold]:
    """Adjustments to closed months of a site that no close has booked yet, by person."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        require_site(part.has_site(site))
        found = read_adjustments(connection, site=site)
        rest = [one for one in found if behind is None or _key(one) > tuple(behind)]
        some = page(rest[: limit + 1], limit, _key)
        told = with_touched(connection, some.items, part)
    return Page([_told(one) for one in told], some.next)


def _key(one: Adjustment) -> tuple[str | int, ...]:
    return one[:11]


def _told(one: Adjustment) -> AdjustmentTold:
    return AdjustmentTold(*one[:11], list(one.certificates), list(one.stars))
