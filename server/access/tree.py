"""From grants to the part of the tree they stand for: a region spreads out to all below it, with their sites and teams.

The tree is kept by each process until the places of reference data, or the date, have changed (`server.kept`).
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, literal, select, union_all

from server.access.grant import Grant, Over
from server.access.part import EVERYTHING, Part
from server.access.roles import Right
from server.kept import Kept
from server.limits import PARTS_KEPT_MAX
from server.models.now import RegionNow, SiteNow, TeamNow

_Below = Mapping[str, tuple[str, ...]]
"""Codes by the region that they lie in."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Regions by the region above them, sites and teams by their region, as they are now."""

    regions: _Below
    sites: _Below
    teams: _Below
    _parts: dict[frozenset[Grant], Part] = field(default_factory=dict)

    def part(self, grants: Collection[Grant]) -> Part:
        """Give the part that these grants, taken together, are over."""
        if any(grant.over is Over.ALL for grant in grants):
            return EVERYTHING
        asked = frozenset(grants)
        found = self._parts.get(asked)
        if found is None:
            if len(self._parts) >= PARTS_KEPT_MAX:
                self._parts.clear()
            found = self._parts[asked] = self._spread(asked)
        return found

    def _spread(self, grants: Iterable[Grant]) -> Part:
        codes: dict[Over, set[str]] = {over: set() for over in Over}
        for grant in grants:
            if grant.code:  # what lies in no region lies in nobody's part
                codes[grant.over].add(grant.code)
        regions = self.below(codes[Over.REGION])
        return Part(
            regions=frozenset(regions),
            sites=frozenset(codes[Over.SITE].union(*(self.sites.get(r, ()) for r in regions))),
            teams=frozenset(codes[Over.TEAM].union(*(self.teams.get(r, ()) for r in regions))),
        )

    def below(self, tops: Iterable[str]) -> set[str]:
        """Give these regions and all below them; a circle of parents ends where it began."""
        found = set(tops)
        rest = deque(found)
        while rest:
            for region in self.regions.get(rest.popleft(), ()):
                if region not in found:
                    found.add(region)
                    rest.append(region)
        return found


def part_of(connection: Connection, grants: Collection[Grant], right: Right) -> Part:
    """Give the part within which these grants bring a right: nothing where none brings it."""
    return tree(connection).part([grant for grant in grants if grant.brings(right)])


def tree(connection: Connection) -> Tree:
    """Give the tree as it is now, from memory if nothing has changed."""
    return _TREE.of(connection)


def _read(connection: Connection) -> Tree:
    asked = union_all(
        select(literal(Over.REGION.value).label("what"), RegionNow.parent, RegionNow.code),
        select(literal(Over.SITE.value), SiteNow.region, SiteNow.code),
        select(literal(Over.TEAM.value), TeamNow.region, TeamNow.code),
    )
    found: dict[str, dict[str, list[str]]] = {over: {} for over in Over}
    for what, above, code in connection.execute(asked):
        found[what].setdefault(above, []).append(code)
    return Tree(_sorted(found[Over.REGION]), _sorted(found[Over.SITE]), _sorted(found[Over.TEAM]))


def _sorted(found: Mapping[str, list[str]]) -> _Below:
    return {above: tuple(sorted(codes)) for above, codes in found.items()}


_TREE = Kept(_read)
