"""Which figures of stars hold for a person on a day: those of their nearest region, else everybody's, else the defaults."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.access.part import Part
from server.kept import Kept
from server.limits import REGION_DEPTH_MAX
from server.models.policy import PolicyFigure
from server.models.region import Region
from server.models.team import Team
from server.people.versions import Version, in_force
from server.stars.figures import STAR_FIGURES

Versions = dict[str, list[Version[int]]]


class Scope(NamedTuple):
    """Figures that hold in a region ("": everywhere else)."""

    region: str
    figures: Mapping[str, int]


_KNOWN_MAX = 10_000
"""Figures of regions and days that are kept worked out."""


class Thresholds:
    """The figures (few) and the tree of regions, as they were read: `thresholds` gives them."""

    def __init__(self, connection: Connection) -> None:
        """Read what there is now."""
        self._figures: dict[str, Versions] = {}
        rows = connection.execute(
            select(PolicyFigure)
            .where(PolicyFigure.site == "", PolicyFigure.key.in_(sorted(STAR_FIGURES)))
            .order_by(PolicyFigure.valid_from, PolicyFigure.entered)
        )
        for row in rows:
            versions = self._figures.setdefault(row.region, {}).setdefault(row.key, [])
            versions.append(Version(row.valid_from, row.value))
        self._parents = _newest(connection, Region, "parent")
        self._regions = _newest(connection, Team, "region")
        self._known: dict[tuple[str, int], Mapping[str, int]] = {}

    def of(self, team: str, region: str, day: int) -> Mapping[str, int]:
        """Give the figures for somebody of this team and region on a day."""
        key = (region or self._regions.get(team, ""), day)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            found = self._known[key] = self._of_region(*key)
        return found

    def scopes(self, part: Part, day: int) -> list[Scope]:
        """Give everybody's figures of a day, and those of regions that have their own and lie within, or above, the part."""
        near = {up for region in part.regions for up in self._upwards(region)}
        own = [one for one in self._figures if one and (part.is_all or one in near)]
        return [Scope(region, self.of("", region, day)) for region in ("", *sorted(own))]

    def _of_region(self, region: str, day: int) -> Mapping[str, int]:
        figures = dict(STAR_FIGURES)
        for scope in reversed([*self._upwards(region), ""]):  # the nearest last: it stands
            for key, versions in self._figures.get(scope, {}).items():
                figures[key] = in_force(versions, day, figures[key])
        return figures

    def _upwards(self, region: str) -> list[str]:
        found: list[str] = []
        while region and region not in found and len(found) < REGION_DEPTH_MAX:
            found.append(region)
            region = self._parents.get(region, "")
        return found


def _newest(connection: Connection, model: type[Region] | type[Team], field: str) -> dict[str, str]:
    newest = select(model).order_by(model.valid_from, model.entered)
    return {row.code: getattr(row, field) for row in connection.execute(newest)}


def thresholds(connection: Connection) -> Thresholds:
    """Give the thresholds of now: kept by the process until places or rules have changed."""
    return _THRESHOLDS.of(connection)


_THRESHOLDS = Kept(Thresholds)
