"""Touches: whoever changes what kiosks see says so here, in the transaction of the change. No lock is taken (I8)."""

from sqlalchemy import Connection

from server import bulk
from server.models.feed import FeedTouch
from sync import view_rows

EVERYTHING = "everything"
"""Touches rows of all kinds: compare all of them."""

_OF_TABLE = {
    "volunteers": view_rows.KNOWN,
    "sites": view_rows.SITE,
    "posts": view_rows.POST,
}
"""Rows of the feed that a change of reference data can touch, by its table."""


def touch(connection: Connection, kind: str, key: str = "") -> None:
    """Say that rows of this kind of the feed may have changed: the one with this key, or any."""
    bulk.insert(connection, FeedTouch, [(kind, key)])


def touch_table(connection: Connection, table: str) -> None:
    """Say that reference data, or the keys that sign badges, have changed."""
    touch(connection, _OF_TABLE.get(table, view_rows.BADGE_KEY))
