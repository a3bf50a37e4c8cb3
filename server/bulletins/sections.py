"""What a bulletin is about: a region with all below it, and its districts, each with all below them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.limits import BULLETIN_REGIONS_MAX, BULLETIN_SECTIONS_MAX
from server.models.region import Region
from server.people.places import Places
from server.people.titles import titles
from sync.errors import Refused

ALL = "all"
"""The key of the whole."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A region on a day. names: of the sections, by key, in order; of: the section that each region belongs to.

    A district's key is its code; what lies in the region itself and in no district has the region's own code.
    """

    region: str
    name: str
    names: Mapping[str, str]
    of: Mapping[str, str]


def read_scope(connection: Connection, region: str, day: int, part: Part) -> Scope:
    """Give what belongs to a region on a day.

    Raise `Refused(not_found)` for a region that nobody imported or that is outside the part; `too_large`.
    """
    places, called = Places(connection), titles(connection, "region")
    if region not in called or not part.has_region(region):
        raise Refused(Code.NOT_FOUND, f"没有区划 / no such region: {region}")
    of = {region: region}
    codes = select(Region.code).where(part.regions_within(Region.code)).distinct()
    for code in sorted(connection.scalars(codes)):
        above = places.lineage(code, day)
        if region in above[1:]:
            of[code] = above[above.index(region) - 1]
    districts = sorted(set(of.values()) - {region})
    if len(of) > BULLETIN_REGIONS_MAX or len(districts) > BULLETIN_SECTIONS_MAX:
        words = "下级区划过多 / too many regions below"
        raise Refused(Code.TOO_LARGE, f"{words}: {len(of)}, {len(districts)}")
    own = [region] if districts else []
    names = {key: called.get(key, key) for key in (*districts, *own)}
    return Scope(region, called[region], names, of)
