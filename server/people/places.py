"""Sites, the regions above them, and the policy that holds there: site before nearest region before farther before default."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.limits import REGION_DEPTH_MAX
from server.models.policy import PolicyFigure
from server.models.region import Region
from server.models.site import Site
from server.people.versions import Version, in_force
from server.reconcile.policy import DEFAULTS, FIGURES, Policy, versioned

_Versions = tuple[Version[str], ...]
_Scope = tuple[str, str]
"""Region and site; one of them is empty, and both for everywhere."""


class _Site(NamedTuple):
    region: str
    latitude: int | None
    longitude: int | None


_NOWHERE = _Site("", None, None)


class Places:
    """Reads sites and regions when they are first asked for, and policies (few) all at once."""

    def __init__(self, connection: Connection, upto: int = 2**62) -> None:
        """Read within the caller's transaction. upto: what stood after so many changes of reference data."""
        self._connection = connection
        self._upto = upto
        self._sites: dict[str, tuple[Version[_Site], ...]] = {}
        self._parents: dict[str, _Versions] = {}

    @property
    def has_policies(self) -> bool:
        """Tell whether anybody ever set a figure of policy: if not, nobody needs to know where a site lies."""
        return bool(self._figures)

    def read_all(self) -> None:
        """Read every site and region in two questions, for whoever will ask about most of them."""
        sites = select(Site.code, Site.valid_from, Site.region, Site.latitude_e6, Site.longitude_e6)
        sites = sites.where(Site.entered <= self._upto).order_by(Site.valid_from, Site.entered)
        lie: dict[str, list[Version[_Site]]] = {}
        for code, since, region, latitude, longitude in self._connection.execute(sites):
            lie.setdefault(code, []).append(Version(since, _Site(region, latitude, longitude)))
        regions = select(Region.code, Region.valid_from, Region.parent)
        regions = regions.where(Region.entered <= self._upto)
        above: dict[str, list[Version[str]]] = {}
        for code, since, parent in self._connection.execute(
            regions.order_by(Region.valid_from, Region.entered)
        ):
            above.setdefault(code, []).append(Version(since, parent))
        self._sites = {code: tuple(versions) for code, versions in lie.items()}
        self._parents = {code: tuple(versions) for code, versions in above.items()}

    def region(self, site: str, day: int) -> str:
        """Give the region a site lies in on this day ("" for none)."""
        return in_force(self._versions(site), day, _NOWHERE).region

    def place(self, site: str, day: int) -> tuple[int, int] | None:
        """Give latitude and longitude of a site on this day in millionths of a degree (None: unknown)."""
        found = in_force(self._versions(site), day, _NOWHERE)
        if found.latitude is None or found.longitude is None:
            return None
        return found.latitude, found.longitude

    def _versions(self, site: str) -> tuple[Version[_Site], ...]:
        if site not in self._sites:
            asked = select(Site.valid_from, Site.region, Site.latitude_e6, Site.longitude_e6).where(
                Site.code == site, Site.entered <= self._upto
            )
            rows = self._connection.execute(asked.order_by(Site.valid_from, Site.entered))
            self._sites[site] = tuple(
                Version(since, _Site(region, latitude, longitude))
                for since, region, latitude, longitude in rows
            )
        return self._sites[site]

    def policy(self, site: str, day: int) -> Policy:
        """Give the figures that hold at a site on a day."""
        if not self._figures:
            return DEFAULTS
        chosen: dict[str, Version[int]] = {}
        for scope in self._scopes(site, day):  # nearest first: what is chosen stands
            for key, versions in self._figures.get(scope, {}).items():
                held = [version for version in versions if version.valid_from <= day]
                if held:
                    chosen.setdefault(key, held[-1])
        if not chosen:
            return DEFAULTS
        figures = {key: version.value for key, version in chosen.items()}
        since = max(version.valid_from for version in chosen.values())
        return versioned(replace(DEFAULTS, **figures), since)  # type: ignore[arg-type] # `version` is no figure

    def _scopes(self, site: str, day: int) -> Iterator[_Scope]:
        yield ("", site)
        yield from ((region, "") for region in self.regions(site, day))
        yield ("", "")

    def regions(self, site: str, day: int) -> list[str]:
        """Give the regions that a site lies in on this day, nearest first."""
        return self.lineage(self.region(site, day), day)

    def lineage(self, region: str, day: int) -> list[str]:
        """Give a region and those above it on this day, nearest first."""
        found: list[str] = []
        while region and region not in found and len(found) < REGION_DEPTH_MAX:
            found.append(region)
            region = self._parent(region, day)
        return found

    def _parent(self, region: str, day: int) -> str:
        if region not in self._parents:
            asked = select(Region.valid_from, Region.parent).where(
                Region.code == region, Region.entered <= self._upto
            )
            ordered = asked.order_by(Region.valid_from, Region.entered)
            rows = self._connection.execute(ordered)
            self._parents[region] = tuple(Version(start, parent) for start, parent in rows)
        return in_force(self._parents[region], day, "")

    @cached_property
    def _figures(self) -> dict[_Scope, dict[str, tuple[Version[int], ...]]]:
        rows = self._connection.execute(
            select(
                PolicyFigure.region,
                PolicyFigure.site,
                PolicyFigure.key,
                PolicyFigure.valid_from,
                PolicyFigure.value,
            )
            .where(PolicyFigure.entered <= self._upto)
            .order_by(PolicyFigure.valid_from, PolicyFigure.entered)
        )
        figures: dict[_Scope, dict[str, tuple[Version[int], ...]]] = {}
        for region, site, key, valid_from, value in rows:
            if key in FIGURES:  # a figure of newer software is kept, and means nothing here
                by_key = figures.setdefault((region, site), {})
                by_key[key] = (*by_key.get(key, ()), Version(valid_from, value))
        return figures
