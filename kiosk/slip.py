"""Give a scan as a slip: a QR code that any phone can open, and by that deliver the scan to the centre.

Whoever opens it carries one entry, sealed to nobody: what a volunteer shows is their own scan. It delivers nothing by itself:
the entry stays pending here until a receipt has come to this kiosk.
"""

from dataclasses import dataclass

from kiosk import device, log
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.limits import SLIP_LOOK_ENTRIES
from kiosk.store import Database
from schemas.entry import Scan
from schemas.vocabulary import Code
from sync.slip import slip_link, write_slip


@dataclass(frozen=True, slots=True)
class Slip:
    """An entry of a log, and the address that delivers it."""

    log: str
    seq: int
    link: str


def slip(kiosk: Kiosk, seq: int | None = None) -> Slip:
    """Give the slip of this entry of the log that goes on; without a seq, of its last scan.

    Raise `Stopped`: `not_enrolled`; `not_found` where there is no such entry, or no scan among the last ones.
    """
    db = kiosk.store.db
    url = device.require_enrolment(db).url
    identity = device.require_identity(kiosk.store)
    chosen = _last_scan(db, identity) if seq is None else seq
    bodies = log.bodies(db, identity, chosen, chosen)
    previous = log.hash_at(db, identity, chosen - 1)
    if not bodies or previous is None:
        raise Stopped(Code.NOT_FOUND, f"seq {chosen}")
    text = write_slip(identity.key, seq=chosen, previous=previous, body=bodies[0])
    return Slip(identity.log, chosen, slip_link(url, text))


def _last_scan(db: Database, identity: device.Identity) -> int:
    head = log.read_head(db, identity).seq
    for seq in range(head, max(0, head - SLIP_LOOK_ENTRIES), -1):
        if isinstance(log.entry_at(db, identity, seq), Scan):
            return seq
    return 0
