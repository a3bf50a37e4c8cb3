"""A snapshot on its way in: its parts are gathered beside the view, in any order, and put in its place when all are there.

A fill that was interrupted goes on where it stopped, or begins anew with another snapshot; the view in force is the one before,
until one transaction switches to the new one. Only differences are written in it: a roster of millions must not hold up a scan.
"""

from typing import Any, NamedTuple

from kiosk import owed
from kiosk.store import Database, Store
from kiosk.view import TABLES, Standing, apply_rows, stand, standings, stored
from sync.parcel import CENTRAL, Group, Page
from sync.view_rows import kinds_of


class Wanted(NamedTuple):
    """The next part that is needed of a snapshot. number: which snapshot (0: any)."""

    number: int
    part: int


def wanted(db: Database, channel: str, epoch: str) -> Wanted:
    """Say which part of which snapshot to ask for. Of a whole one that was not put in place, the last again."""
    row = db.execute(
        "SELECT number, parts FROM fills WHERE channel = ? AND epoch = ?", (channel, epoch)
    ).fetchone()
    if row is None:
        return Wanted(0, 1)
    number, parts = row
    there = {part for (part,) in db.execute(_PARTS, (channel,))}
    missing = next((part for part in range(1, parts + 1) if part not in there), parts)
    return Wanted(number, missing)


def gather(store: Store, page: Page, groups: list[Group], *, by_courier: bool) -> bool:
    """Keep a part of a snapshot; where it was the last one, switch to it. Tell whether the view was replaced.

    by_courier: it came by a route on which deposits of another epoch could not be given back before; they are kept (`owed`).
    """
    with store.write() as db:
        _begin(db, page)
        for kind, come, _ in map(stored, groups):
            rows = [(page.channel, kind, *row, *[None] * (4 - len(row))) for row in come]
            db.executemany("INSERT OR REPLACE INTO incoming VALUES (?, ?, ?, ?, ?, ?)", rows)
        db.execute("INSERT OR IGNORE INTO fill_parts VALUES (?, ?)", (page.channel, page.part))
        there = len(db.execute(_PARTS, (page.channel,)).fetchall())
    if there < page.parts:
        return False
    _switch(store, page, by_courier=by_courier)
    return True


def forget(db: Database, channel: str) -> None:
    """Drop what was gathered of a snapshot, within the caller's transaction."""
    for table in ("fills", "fill_parts", "incoming"):
        db.execute(f"DELETE FROM {table} WHERE channel = ?", (channel,))  # noqa: S608 - names from above


_PARTS = "SELECT part FROM fill_parts WHERE channel = ?"


def _begin(db: Database, page: Page) -> None:
    """Begin to gather this snapshot, unless it is the one that is being gathered."""
    row = db.execute(
        "SELECT epoch, number, parts FROM fills WHERE channel = ?", (page.channel,)
    ).fetchone()
    if row == (page.epoch, page.number, page.parts):
        return
    forget(db, page.channel)
    fill = (page.channel, page.epoch, page.number, page.parts, page.server_ms)
    db.execute("INSERT INTO fills VALUES (?, ?, ?, ?, ?)", fill)


def _switch(store: Store, page: Page, *, by_courier: bool) -> None:
    """Find the differences without holding up anybody, then write them in one transaction. The caller holds the sync lock."""
    found = [(kind, *_differences(store.db, page.channel, kind)) for kind in kinds_of(page.channel)]
    with store.write() as db:
        have = standings(db).get(page.channel)
        if by_courier and page.channel == CENTRAL and have is not None and have.epoch != page.epoch:
            owed.keep(db)
        for kind, come, gone in found:
            apply_rows(db, kind, come, gone)
        owed.settle(db)
        stand(db, page.channel, Standing(page.epoch, page.number, page.server_ms))
        forget(db, page.channel)


def _differences(db: Database, channel: str, kind: str) -> tuple[list[tuple[Any, ...]], list[Any]]:
    table = TABLES[kind]
    new = ", ".join(("key", *("a", "b", "c")[: len(table.columns)]))
    there = (channel, kind)
    # Names from our own tables, values bound.
    incoming = f"SELECT {new} FROM incoming WHERE channel = ? AND kind = ?"  # noqa: S608
    come = db.execute(f"{incoming} EXCEPT SELECT {table.every} FROM {table.name}", there)  # noqa: S608
    keys = "SELECT key FROM incoming WHERE channel = ? AND kind = ?"
    gone = db.execute(f"SELECT {table.key} FROM {table.name} EXCEPT {keys}", there)  # noqa: S608
    return come.fetchall(), [key for (key,) in gone]
