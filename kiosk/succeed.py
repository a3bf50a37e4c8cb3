"""Go on in a new log: what a copied or restored kiosk does before its next entry (I5).

The new log's first entries say whose successor it is, so that it travels by every route. One transaction: a crash leaves
either the old log open or the new one begun. The old log stays: it is delivered, checked and shown as before.
"""

from dataclasses import replace

from kiosk import device
from kiosk.app import Kiosk
from kiosk.log import begin, read_head
from sync.succession import succeed_entry

_KEY_BYTES = 32


def close_log(kiosk: Kiosk, identity: device.Identity, diverged_at: int | None) -> int:
    """Close this log, which diverged at that seq, and begin its successor; give its last seq. Closed already: nothing is done."""
    with kiosk.store.write() as db:
        head = read_head(db, identity)
        if device.read_identity(db) == identity:
            new = device.Identity(kiosk.chance(_KEY_BYTES), identity.mark_key, identity.number + 1)
            device.add_identity(db, new)
            log = begin(db, kiosk.clock, new)
            boot, mono, lead = log.now.boot, log.now.mono_ms, log.now.lead_ms
            log.add(
                succeed_entry(identity.key, head, new.log, boot=boot, mono_ms=mono, lead_ms=lead)
            )
            noticed = replace(device.read_sync(db), diverged_at=diverged_at or head.seq)
            device.write(db, "sync", noticed)
    return head.seq
