"""Touches: whoever changes what kiosks see says so here, in the transaction of the change. No lock is taken (I8)."""

from collections.abc import Mapping

from sqlalchemy import Connection

from server import bulk
from server.models.feed import FeedTouch
from sync import view_rows

EVERYTHING = "everything"
"""Touches rows of all kinds: compare all of them."""

_OF_PLAN = (view_rows.PERSON, view_rows.FIT)
"""Rows that depend on who a site's people are."""

_OF_TABLE: Mapping[str, tuple[str, ...]] = {
    "volunteers": (view_rows.KNOWN, *_OF_PLAN),
    "sites": (view_rows.SITE, *_OF_PLAN),
    "posts": (view_rows.POST, view_rows.NEED, *_OF_PLAN),
    "regions": _OF_PLAN,
    "teams": _OF_PLAN,
    "shifts": _OF_PLAN,
    "assignments": _OF_PLAN,
    "trainings": (view_rows.FIT,),
    "insurances": (view_rows.FIT,),
}
"""Rows of the feed that a change of reference data can touch, by its table."""


def touch(connection: Connection, kind: str, key: str = "") -> None:
    """Say that rows of this kind of the feed may have changed: the one with this key, or any."""
    bulk.insert(connection, FeedTouch, [(kind, key)])


def touch_table(connection: Connection, table: str) -> None:
    """Say that reference data of a table has changed. A table that no row follows from touches nothing."""
    for kind in _OF_TABLE.get(table, ()):
        touch(connection, kind)


def touch_day(connection: Connection) -> None:
    """Say that a new local date has begun: shifts come near, insurances end."""
    for kind in _OF_PLAN:
        touch(connection, kind)


def touch_names(connection: Connection, site: str) -> None:
    """Say that it may have changed who may read the names of a site's people."""
    for kind in (view_rows.NAME_KEY, view_rows.PERSON):
        touch(connection, kind, site)
