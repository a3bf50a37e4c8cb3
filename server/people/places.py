"""Sites, the regions above them, and the policy that holds there: site before nearest region before farther before default."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection, select

from server.limits import REGION_DEPTH_MAX
from server.models.policy import PolicyFigure
from server.models.region import Region
from server.models.site import Site
from server.people.versions import Version, in_force
from server.reconcile.policy import DEFAULTS, Policy

_Versions = tuple[Version[str], ...]
_Scope = tuple[str, str]
"""Region and site; one of them is empty, and both for everywhere."""


class Places:
    """Reads sites and regions when they are first asked for, and policies (few) all at once."""

    def __init__(self, connection: Connection) -> None:
        """Read within the caller's transaction."""
        self._connection = connection
        self._sites: dict[str, _Versions] = {}
        self._parents: dict[str, _Versions] = {}

    def region(self, site: str, day: int) -> str:
        """Give the region a site lies in on this day ("" for none)."""
        if site not in self._sites:
            asked = select(Site.valid_from, Site.region).where(Site.code == site)
            ordered = asked.order_by(Site.valid_from, Site.entered)
            rows = self._connection.execute(ordered)
            self._sites[site] = tuple(Version(start, region) for start, region in rows)
        return in_force(self._sites[site], day, "")

    def policy(self, site: str, day: int) -> Policy:
        """Give the figures that hold at a site on a day."""
        if not self._figures:
            return DEFAULTS
        chosen: dict[str, int] = {}
        for scope in self._scopes(site, day):  # nearest first: what is chosen stands
            for key, versions in self._figures.get(scope, {}).items():
                value = in_force(versions, day, None)
                if value is not None:
                    chosen.setdefault(key, value)
        return replace(DEFAULTS, **chosen) if chosen else DEFAULTS

    def _scopes(self, site: str, day: int) -> Iterator[_Scope]:
        yield ("", site)
        region = self.region(site, day)
        seen: set[str] = set()
        while region and region not in seen and len(seen) < REGION_DEPTH_MAX:
            yield (region, "")
            seen.add(region)
            region = self._parent(region, day)
        yield ("", "")

    def _parent(self, region: str, day: int) -> str:
        if region not in self._parents:
            asked = select(Region.valid_from, Region.parent).where(Region.code == region)
            ordered = asked.order_by(Region.valid_from, Region.entered)
            rows = self._connection.execute(ordered)
            self._parents[region] = tuple(Version(start, parent) for start, parent in rows)
        return in_force(self._parents[region], day, "")

    @cached_property
    def _figures(self) -> dict[_Scope, dict[str, tuple[Version[int | None], ...]]]:
        rows = self._connection.execute(
            select(
                PolicyFigure.region,
                PolicyFigure.site,
                PolicyFigure.key,
                PolicyFigure.valid_from,
                PolicyFigure.value,
            ).order_by(PolicyFigure.valid_from, PolicyFigure.entered)
        )
        figures: dict[_Scope, dict[str, tuple[Version[int | None], ...]]] = {}
        for region, site, key, valid_from, value in rows:
            if key in _KEYS:  # a figure of newer software is kept, and means nothing here
                by_key = figures.setdefault((region, site), {})
                by_key[key] = (*by_key.get(key, ()), Version(valid_from, value))
        return figures


_KEYS = frozenset(Policy.__dataclass_fields__)
