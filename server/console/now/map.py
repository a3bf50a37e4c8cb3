"""A map of sites without any tiles: where each lies, how many are there, what is amiss by its shape. Pure geometry.

Sites that would lie on one another become one mark, which leads closer. Equirectangular: a district is small.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from server.console.now.asked import Box
from server.now.sites import SiteNow

WIDTH, HEIGHT = 960, 620
_PAD = 36
_CELL = 40
_SMALL, _LARGE = 7.0, 19.0
COLOURS = 8
LABELS_MAX = 40
_LABEL_WIDTH, _LABEL_HEIGHT = 90, 18
_CLOSER_E6 = 300
"""How much around sites is shown when one goes closer, at least."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One or several sites. x, y: of its middle; size: half its width. shape: circle, hollow, triangle or diamond.

    colour: number of the region's colour, COLOURS if they are of several. box: where they lie.
    """

    x: float
    y: float
    size: float
    shape: str
    colour: int
    sites: Sequence[SiteNow]
    box: Box

    @property
    def people(self) -> int:
        """How many are on duty there."""
        return sum(site.people for site in self.sites)

    @property
    def needed(self) -> int:
        """How many are needed."""
        return sum(site.needed for site in self.sites)

    @property
    def short(self) -> int:
        """How many are missing."""
        return sum(site.short for site in self.sites)

    @property
    def blind(self) -> int:
        """At how many of them what happens may go unseen."""
        return sum(site.is_blind for site in self.sites)

    @property
    def path(self) -> str:
        """The outline of a triangle or diamond."""
        x, y, s = self.x, self.y, self.size
        if self.shape == "diamond":
            return (
                f"M{x:.0f} {y - s:.0f}L{x + s:.0f} {y:.0f}L{x:.0f} {y + s:.0f}L{x - s:.0f} {y:.0f}Z"
            )
        return f"M{x:.0f} {y - s:.0f}L{x + s:.0f} {y + s * 0.8:.0f}L{x - s:.0f} {y + s * 0.8:.0f}Z"


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a region, in the middle of its sites."""

    x: float
    y: float
    region: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map. unplaced: sites whose coordinates nobody imported."""

    marks: Sequence[Mark]
    labels: Sequence[Label]
    unplaced: int


def draw(sites: Iterable[SiteNow]) -> Drawn:
    """Draw sites where they lie."""
    sites = list(sites)
    placed = [site for site in sites if site.site.place is not None]
    points = _points(placed)
    cells: dict[tuple[int, int], list[SiteNow]] = {}
    for site in placed:
        x, y = points[site.site.code]
        cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append(site)
    colours = {r: n % COLOURS for n, r in enumerate(sorted({s.site.region for s in sites}))}
    most = max((sum(s.people for s in found) for found in cells.values()), default=0)
    marks = [_mark(found, points, colours, most) for _, found in sorted(cells.items())]
    return Drawn(marks, _labels(placed, points), len(sites) - len(placed))


def _points(sites: Sequence[SiteNow]) -> dict[str, tuple[float, float]]:
    """Give where sites lie on the map, all of them within its edge, north above."""
    places = {site.site.code: site.site.place for site in sites if site.site.place is not None}
    if not places:
        return {}
    south, west, north, east = _box(places.values())
    narrower = cos(radians((south + north) / 2e6))
    wide, high = max((east - west) * narrower, 1), max(north - south, 1)
    scale = min((WIDTH - 2 * _PAD) / wide, (HEIGHT - 2 * _PAD) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
    if len(set(places.values())) == 1:
        left, top = WIDTH / 2, HEIGHT / 2
    return {
        code: (left + (lon - west) * narrower * scale, top + (north - lat) * scale)
        for code, (lat, lon) in places.items()
    }


def _mark(
    sites: Sequence[SiteNow],
    points: Mapping[str, tuple[float, float]],
    colours: Mapping[str, int],
    most: int,
) -> Mark:
    own = [points[site.site.code] for site in sites]
    regions = {site.site.region for site in sites}
    people = sum(site.people for site in sites)
    south, west, north, east = _box(s.site.place for s in sites if s.site.place is not None)
    return Mark(
        x=round(sum(x for x, _ in own) / len(own), 1),
        y=round(sum(y for _, y in own) / len(own), 1),
        size=round(_SMALL + (_LARGE - _SMALL) * sqrt(people / most) if most else _SMALL, 1),
        shape=_shape(sites, people),
        colour=colours[next(iter(regions))] if len(regions) == 1 else COLOURS,
        sites=sites,
        box=(south - _CLOSER_E6, west - _CLOSER_E6, north + _CLOSER_E6, east + _CLOSER_E6),
    )


def _shape(sites: Sequence[SiteNow], people: int) -> str:
    """Give the shape for the worst of it: seen without colours, and at any size."""
    if any(site.is_blind for site in sites):
        return "diamond"
    if any(site.short for site in sites):
        return "triangle"
    return "circle" if people else "hollow"


def _labels(sites: Sequence[SiteNow], points: Mapping[str, tuple[float, float]]) -> Sequence[Label]:
    """Name regions, the largest first, where no other name stands yet."""
    own: dict[str, list[tuple[float, float]]] = {}
    for site in sites:
        own.setdefault(site.site.region, []).append(points[site.site.code])
    labels: list[Label] = []
    for region, found in sorted(own.items(), key=lambda item: (-len(item[1]), item[0])):
        x = sum(x for x, _ in found) / len(found)
        y = max(min(y for _, y in found) - 10, 14)
        free = all(
            abs(x - one.x) > _LABEL_WIDTH or abs(y - one.y) > _LABEL_HEIGHT for one in labels
        )
        if region and free and len(labels) < LABELS_MAX:
            labels.append(Label(round(x), round(y), region))
    return labels


def _box(places: Iterable[tuple[int, int]]) -> Box:
    found = list(places)
    lats, lons = [lat for lat, _ in found], [lon for _, lon in found]
    return min(lats), min(lons), max(lats), max(lons)
