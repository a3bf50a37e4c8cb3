"""Deposits that the centre may lack: a newer view let them go, by a route on which they could not be given back at once (I6).

They are kept beside the view until the centre has them again: then its view brings them back, or it says so at its door.
"""

from typing import NamedTuple

from kiosk import receipts, view
from kiosk.store import Database
from schemas.limits import BUNDLE_DEPOSITS_BYTES, BUNDLE_DEPOSITS_MAX
from sync import parcel, statement


class Owed(NamedTuple):
    """A deposit as it is kept. key: begins with its log's id."""

    key: str
    statement: str
    signature: bytes
    sealed: bytes

    @property
    def epoch(self) -> str:
        """The epoch of the centre in which it was left here."""
        return statement.read(self.statement, "deposit")["epoch"]

    @property
    def wire(self) -> bytes:
        """Its parcel."""
        return parcel.pack(self.statement, self.signature, self.sealed)


def keep(db: Database) -> None:
    """Keep the deposits that the snapshot on its way in does not bring, within the caller's transaction."""
    db.execute(
        """INSERT OR IGNORE INTO owed SELECT key, statement, signature, sealed FROM deposits
           WHERE key NOT IN (SELECT key FROM incoming WHERE channel = ?)""",
        (parcel.CENTRAL,),
    )


def settle(db: Database) -> None:
    """Let those go that the view has, within the caller's transaction: the centre knows them."""
    db.execute("DELETE FROM owed WHERE key IN (SELECT key FROM deposits)")


def forget(db: Database) -> None:
    """Let all go, within the caller's transaction: they were given back."""
    db.execute("DELETE FROM owed")


def is_any(db: Database) -> bool:
    """Tell whether there are any."""
    return db.execute("SELECT 1 FROM owed LIMIT 1").fetchone() is not None


def to_give(db: Database, epoch: str) -> list[Owed]:
    """Give what goes back to a centre of this epoch: what waits beside the view, and what that has of others. Newest first."""
    found = [one for one in _read(db, "deposits") if one.epoch != epoch]
    return sorted({*found, *_read(db, "owed")}, reverse=True)


def for_bundle(db: Database, log: int) -> list[bytes]:
    """Give the parcels that a bundle gives back, as many as fit: what waits beside the view; all, while that is not of the
    present epoch.
    """
    now, have = receipts.told(db, log).epoch, view.standings(db).get(parcel.CENTRAL)
    is_behind = have is not None and now not in ("", have.epoch)
    found: list[bytes] = []
    room = BUNDLE_DEPOSITS_BYTES
    for one in to_give(db, now) if is_behind else sorted(_read(db, "owed"), reverse=True):
        room -= len(wire := one.wire)
        if len(found) == BUNDLE_DEPOSITS_MAX or room < 0:
            break
        found.append(wire)
    return found


def _read(db: Database, table: str) -> list[Owed]:
    rows = db.execute(f"SELECT key, statement, signature, sealed FROM {table}")  # noqa: S608 - names from above
    return [Owed(key, text, bytes(by), bytes(sealed)) for key, text, by, sealed in rows]
