"""How long people of one post may overlap at a hand-over (B14), at several sites in two questions.

As `server.people.places.Places.policy`, which asks anew for each site: site before nearest region before farther before default.
"""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, select

from server.limits import REGION_DEPTH_MAX
from server.models.policy import PolicyFigure
from server.models.region import Region
from server.models.site import Site
from server.reconcile.policy import DEFAULTS

_KEY = "hand_over_ms"


def read_hand_overs(connection: Connection, sites: Collection[str], day: int) -> Mapping[str, int]:
    """Give the milliseconds by site, as they count on a local date."""
    figures = select(PolicyFigure.region, PolicyFigure.site, PolicyFigure.value).where(
        PolicyFigure.key == _KEY, PolicyFigure.valid_from <= day
    )
    rows = connection.execute(figures.order_by(PolicyFigure.valid_from, PolicyFigure.entered))
    held = {(region, site): int(value) for region, site, value in rows}
    if not held:
        return dict.fromkeys(sites, DEFAULTS.hand_over_ms)
    above = _above(connection, sites, day)
    return {
        site: next(
            (held[scope] for scope in _scopes(site, above) if scope in held), DEFAULTS.hand_over_ms
        )
        for site in sites
    }


def _scopes(site: str, above: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "", site
    region, depth = above.get(f"@{site}", ""), 0
    while region and depth < REGION_DEPTH_MAX:
        yield region, ""
        region, depth = above.get(region, ""), depth + 1
    yield "", ""


def _above(connection: Connection, sites: Collection[str], day: int) -> Mapping[str, str]:
    """Give the region above each region, and that of each site, whose key has an @ before it."""
    regions = select(Region.code, Region.parent).where(Region.valid_from <= day)
    rows = connection.execute(regions.order_by(Region.valid_from, Region.entered))
    found = {row.code: row.parent for row in rows}
    lie = select(Site.code, Site.region).where(Site.valid_from <= day, Site.code.in_(sorted(sites)))
    for code, region in connection.execute(lie.order_by(Site.valid_from, Site.entered)):
        found[f"@{code}"] = region
    return found
