"""From grants to the part of the tree they stand for: a region spreads out to all below it, with their sites and teams.

The tree is read in two questions, and kept by each process until reference data, or the date, has changed.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, literal, select, union_all

from server.access.grant import Grant, Over
from server.access.part import EVERYTHING, Part
from server.access.roles import Right
from server.limits import PARTS_KEPT_MAX
from server.models.dated import ReferenceChange
from server.models.now import NowState, RegionNow, SiteNow, TeamNow

_State = tuple[int, bytes, int]
"""Number and digest of the last change of reference data, and the date as of which is kept what is in force."""

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


_trees: WeakKeyDictionary[Engine, tuple[_State, Tree]] = WeakKeyDictionary()
_turn = Lock()


def part_of(connection: Connection, grants: Collection[Grant], right: Right) -> Part:
    """Give the part within which these grants bring a right: nothing where none brings it."""
    return tree(connection).part([grant for grant in grants if grant.brings(right)])


def tree(connection: Connection) -> Tree:
    """Give the tree as it is now, from memory if nothing has changed."""
    state = _state(connection)
    with _turn:
        held = _trees.get(connection.engine)
    if held is not None and held[0] == state:
        return held[1]
    read = _read(connection)
    with _turn:
        _trees[connection.engine] = state, read
    return read


def _state(connection: Connection) -> _State:
    """Say what the tree follows from. The digest tells apart two changes of one number, the first of which was given up."""
    last = select(ReferenceChange.entered, ReferenceChange.digest)
    day = select(NowState.day).where(NowState.id == 1).scalar_subquery()
    row = connection.execute(
        last.add_columns(day).order_by(ReferenceChange.entered.desc()).limit(1)
    ).one_or_none()
    return (0, b"", -1) if row is None else (row[0], bytes(row[1]), row[2] or -1)


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
