"""What the server sent down for this kiosk: badge keys, revocations, the roster (numbers only). Replaced in one step.

Only differences are written, and found before the transaction begins: a roster of millions must not hold up a scan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.store import Database

_TABLES = {"badge_keys": ("id", 2), "revoked": ("number", 2), "roster": ("number", 1)}
"""Each table of the view: its key, and how many columns it has."""


@dataclass(frozen=True, slots=True)
class View:
    """The view, checked. badge_keys: key id to key. revoked: number to the highest serial that does not count."""

    site: str
    site_name: str
    post: str
    badge_keys: Mapping[bytes, bytes]
    revoked: Mapping[str, int]
    roster: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """What to do to a table of the view: rows that go, by key, and rows that come."""

    table: str
    gone: list[tuple[Any]]
    come: list[tuple[Any, ...]]


def changes(db: Database, view: View) -> list[Change]:
    """Compare a view with the stored one. Only whoever holds the sync lock may do so, and apply the result."""
    wanted: dict[str, set[tuple[Any, ...]]] = {
        "badge_keys": set(view.badge_keys.items()),
        "revoked": set(view.revoked.items()),
        "roster": {(number,) for number in view.roster},
    }
    return [_change(db, table, rows) for table, rows in wanted.items()]


def apply_changes(db: Database, found: list[Change]) -> None:
    """Write the differences, within the caller's transaction."""
    for change in found:
        key, columns = _TABLES[change.table]
        marks = ", ".join("?" * columns)
        db.executemany(f"DELETE FROM {change.table} WHERE {key} = ?", change.gone)  # noqa: S608 - names from above
        db.executemany(f"INSERT INTO {change.table} VALUES ({marks})", change.come)  # noqa: S608 - as above


def badge_keys(db: Database) -> dict[bytes, bytes]:
    """Read the keys that sign badges, by their 4-byte id."""
    return {bytes(row[0]): bytes(row[1]) for row in db.execute("SELECT id, key FROM badge_keys")}


def revoked_serial(db: Database, number: str) -> int:
    """Read the highest serial of this person that does not count any more; -1 if none."""
    row = db.execute("SELECT serial FROM revoked WHERE number = ?", (number,)).fetchone()
    return -1 if row is None else int(row[0])


def counts(db: Database) -> dict[str, int]:
    """Count what the view holds, for people who look after the kiosk."""
    return {
        name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - names from above
        for name in _TABLES
    }


def _change(db: Database, table: str, wanted: set[tuple[Any, ...]]) -> Change:
    stored = set(db.execute(f"SELECT * FROM {table}"))  # noqa: S608 - names from above
    return Change(table, sorted((row[0],) for row in stored - wanted), sorted(wanted - stored))
