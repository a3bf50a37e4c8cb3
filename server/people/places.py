"""Sites, the regions above them, and the policy that holds there: site before nearest region before farther before default."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.kept import Kept, is_view
from server.limits import REGION_DEPTH_MAX
from server.models.policy import PolicyFigure
from server.models.region import Region
from server.models.site import Site
from server.people.versions import Entered, Version, as_stood, in_force
from server.reconcile.policy import DEFAULTS, FIGURES, Policy, versioned

_Versions = tuple[Version[str], ...]
_Scope = tuple[str, str]
"""Region and site; one of them is empty, and both for everywhere."""

EVER = 2**62
"""As many changes of reference data as there ever were."""


class _Site(NamedTuple):
    region: str
    latitude: int | None
    longitude: int | None


_NOWHERE = _Site("", None, None)


_EverySite = Mapping[str, Sequence[Entered[_Site]]]
_EveryParent = Mapping[str, Sequence[Entered[str]]]
_EveryFigure = Mapping[_Scope, Mapping[str, Sequence[Entered[int]]]]


class _Whole(NamedTuple):
    """Every version of every site, of the region above each, and of each figure of policy."""

    sites: _EverySite
    parents: _EveryParent
    figures: _EveryFigure


class Places:
    """Reads sites and regions when they are first asked for, and policies (few) all at once.

    Within a view all of them are read together, and kept by the process until one has changed.
    """

    def __init__(self, connection: Connection, upto: int = EVER) -> None:
        """Read within the caller's transaction. upto: what stood after so many changes of reference data."""
        self._connection = connection
        self._upto = upto
        self._sites: dict[str, tuple[Version[_Site], ...]] = {}
        self._parents: dict[str, _Versions] = {}
        self._is_kept = is_view(connection)

    @property
    def has_policies(self) -> bool:
        """Tell whether anybody ever set a figure of policy: if not, nobody needs to know where a site lies."""
        return bool(self._figures)

    def read_all(self) -> None:
        """Read every site and region in two questions, for whoever will ask about most of them."""
        if not self._is_kept:
            sites, parents = _all_sites(self._connection), _all_parents(self._connection)
            self._sites = {code: as_stood(found, self._upto) for code, found in sites.items()}
            self._parents = {code: as_stood(found, self._upto) for code, found in parents.items()}

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
        found = self._sites.get(site)
        if found is None:
            kept = self._whole().sites if self._is_kept else _all_sites(self._connection, site)
            found = self._sites[site] = as_stood(kept.get(site, ()), self._upto)
        return found

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
        found = self._parents.get(region)
        if found is None:
            kept = (
                self._whole().parents if self._is_kept else _all_parents(self._connection, region)
            )
            found = self._parents[region] = as_stood(kept.get(region, ()), self._upto)
        return in_force(found, day, "")

    @cached_property
    def _figures(self) -> Mapping[_Scope, Mapping[str, tuple[Version[int], ...]]]:
        kept = self._whole().figures if self._is_kept else _all_figures(self._connection)
        stood = {
            scope: {key: as_stood(found, self._upto) for key, found in by_key.items()}
            for scope, by_key in kept.items()
        }
        known = {scope: {k: v for k, v in by_key.items() if v} for scope, by_key in stood.items()}
        return {scope: by_key for scope, by_key in known.items() if by_key}

    def _whole(self) -> _Whole:
        return _WHOLE.of(self._connection)


def _all_sites(connection: Connection, only: str | None = None) -> _EverySite:
    s = Site
    asked = select(s.code, s.valid_from, s.entered, s.region, s.latitude_e6, s.longitude_e6)
    ordered = asked.order_by(s.valid_from, s.entered)
    found: dict[str, list[Entered[_Site]]] = {}
    for code, since, entered, region, latitude, longitude in connection.execute(
        ordered if only is None else ordered.where(s.code == only)
    ):
        place = _Site(region, latitude, longitude)
        found.setdefault(code, []).append(Entered(since, entered, place))
    return found


def _all_parents(connection: Connection, only: str | None = None) -> _EveryParent:
    asked = select(Region.code, Region.valid_from, Region.entered, Region.parent)
    ordered = asked.order_by(Region.valid_from, Region.entered)
    found: dict[str, list[Entered[str]]] = {}
    for code, since, entered, parent in connection.execute(
        ordered if only is None else ordered.where(Region.code == only)
    ):
        found.setdefault(code, []).append(Entered(since, entered, parent))
    return found


def _all_figures(connection: Connection) -> _EveryFigure:
    p = PolicyFigure
    asked = select(p.region, p.site, p.key, p.valid_from, p.entered, p.value)
    found: dict[_Scope, dict[str, list[Entered[int]]]] = {}
    ordered = asked.order_by(p.valid_from, p.entered)
    for region, site, key, since, entered, value in connection.execute(ordered):
        if key in FIGURES:  # a figure of newer software is kept, and means nothing here
            by_key = found.setdefault((region, site), {})
            by_key.setdefault(key, []).append(Entered(since, entered, value))
    return found


def _read_whole(connection: Connection) -> _Whole:
    return _Whole(_all_sites(connection), _all_parents(connection), _all_figures(connection))


_WHOLE = Kept(_read_whole)
