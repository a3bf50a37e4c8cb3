"""How the kiosk stands, looked at anew only when something was written or a minute has passed.

The screen asks every other second for weeks; after thousands of receipts a whole look takes a quarter of a second.
"""

from dataclasses import dataclass

from kiosk import device
from kiosk.app import Kiosk
from kiosk.log import read_head
from kiosk.status import Status, status
from kiosk.store import Database

_MINUTE_MS = 60_000
Mark = tuple[object, ...]


@dataclass(slots=True)
class Standing:
    """The last look, and what it depended on. Who is on duty is not part of it (`on_duty.py`)."""

    mark: Mark = ()
    found: Status | None = None

    def look(self, kiosk: Kiosk) -> Status:
        """Give how it stands."""
        mark = (_mark(kiosk.store.db), kiosk.clock.read().wall_ms // _MINUTE_MS)
        if self.found is None or mark != self.mark:
            self.found, self.mark = status(kiosk, opened=[]), mark
        return self.found


def _mark(db: Database) -> Mark:
    """Name the state of everything that a look depends on, cheaply: head, named values, receipts, what was set aside."""
    identity = device.read_identity(db)
    head = read_head(db, identity) if identity else None
    named = tuple(
        db.execute("SELECT name, value FROM meta WHERE name <> 'identity' ORDER BY name").fetchall()
    )
    last = db.execute("SELECT max(rowid) FROM receipts").fetchone()[0]
    aside = db.execute("SELECT count(*), total(last) FROM set_aside").fetchone()
    return (head, named, last, tuple(aside))
