"""The tree of regions: which lie below which, as it is now."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from server.limits import REGION_DEPTH_MAX
from server.models.region import Region


def below(connection: Connection, regions: Collection[str]) -> frozenset[str]:
    """Give these regions and all that lie below them; a circle of parents ends where it began."""
    newest = select(Region.code, Region.parent).order_by(Region.valid_from, Region.entered)
    children: dict[str, set[str]] = {}
    for code, parent in {row.code: row.parent for row in connection.execute(newest)}.items():
        children.setdefault(parent, set()).add(code)
    found, level = set(regions), set(regions)
    for _ in range(REGION_DEPTH_MAX):
        level = {child for each in level for child in children.get(each, ())} - found
        found |= level
    return frozenset(found)
