"""The picture of now, kept for some seconds: screens that ask every half minute count people once, and not once each.

A picture is kept for the part that it was made for, and given to nobody else (I9). A change of reference data ends it; so
does a clock that stands still, by which nothing is ever some seconds old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from server.access.part import Part
from server.access.tree import Tree, tree
from server.limits import NOW_KEPT_MS, NOW_PARTS_KEPT_MAX
from server.now.ground import Wanted
from server.now.sites import SiteNow, read_now


@dataclass(frozen=True, slots=True)
class Picture:
    """All sites of a part as they stood at a moment. tree: of the regions as they were then."""

    made_ms: int
    tree: Tree
    sites: Sequence[SiteNow]

    def is_of(self, now_ms: int, tree: Tree) -> bool:
        """Tell whether it may still be shown."""
        return self.tree is tree and 0 < now_ms - self.made_ms < NOW_KEPT_MS


_pictures: WeakKeyDictionary[Engine, dict[Part, Picture]] = WeakKeyDictionary()
_turn = Lock()


def read_picture(connection: Connection, part: Part, now_ms: int) -> Picture:
    """Give how the sites of a part stand now, or stood some seconds ago."""
    known = tree(connection)
    with _turn:
        held = _pictures.setdefault(connection.engine, {}).get(part)
    if held is not None and held.is_of(now_ms, known):
        return held
    made = Picture(now_ms, known, read_now(connection, part, now_ms, Wanted()))
    with _turn:
        kept = _pictures.setdefault(connection.engine, {})
        if len(kept) >= NOW_PARTS_KEPT_MAX and part not in kept:
            kept.clear()
        kept[part] = made
    return made
