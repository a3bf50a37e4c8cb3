"""What the server sent down for this kiosk: badge keys, revocations, the roster (numbers only). Replaced as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kiosk.store import Database


@dataclass(frozen=True, slots=True)
class View:
    """The view, checked. badge_keys: key id to key. revoked: number to the highest serial that does not count."""

    site: str
    site_name: str
    post: str
    badge_keys: Mapping[bytes, bytes]
    revoked: Mapping[str, int]
    roster: frozenset[str]


def replace_view(db: Database, view: View) -> None:
    """Put a view in place of the one before, within the caller's transaction."""
    for table in ("badge_keys", "revoked", "roster"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - three names written above
    db.executemany("INSERT INTO badge_keys VALUES (?, ?)", view.badge_keys.items())
    db.executemany("INSERT INTO revoked VALUES (?, ?)", sorted(view.revoked.items()))
    db.executemany("INSERT INTO roster VALUES (?)", _rows(view.roster))


def badge_keys(db: Database) -> dict[bytes, bytes]:
    """Read the keys that sign badges, by their 4-byte id."""
    return {bytes(row[0]): bytes(row[1]) for row in db.execute("SELECT id, key FROM badge_keys")}


def revoked_serial(db: Database, number: str) -> int:
    """Read the highest serial of this person that does not count any more; -1 if none."""
    row = db.execute("SELECT serial FROM revoked WHERE number = ?", (number,)).fetchone()
    return -1 if row is None else int(row[0])


def counts(db: Database) -> dict[str, int]:
    """Count what the view holds, for people who look after the kiosk."""
    names = ("badge_keys", "revoked", "roster")
    return {
        name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - as above
        for name in names
    }


def _rows(roster: frozenset[str]) -> Iterator[tuple[str]]:
    for number in sorted(roster):
        yield (number,)
