"""What is to be pushed: a query over the log, cut into batches. There is no table of it that could disagree with the log."""

from typing import NamedTuple

from kiosk import log
from kiosk.device import Identity
from kiosk.store import Database
from schemas.limits import BATCH_ENTRIES_MAX, BATCH_WIRE_BYTES_MAX
from sync import batch


class Packed(NamedTuple):
    """A batch, ready to send: its last seq and its bytes."""

    last: int
    wire: bytes


def pack(db: Database, identity: Identity, first: int, last: int) -> Packed:
    """Cut and sign the next batch of entries `first` to at most `last`."""
    bodies = log.bodies(db, identity, first, min(last, first + BATCH_ENTRIES_MAX - 1))
    previous = log.hash_at(db, identity, first - 1)
    if not bodies or previous is None:
        raise RuntimeError(f"the log has no entry {first} to push")
    count = batch.cut([len(body) for body in bodies])
    while True:
        wire = batch.pack(identity.key, first=first, previous=previous, bodies=bodies[:count])
        if len(wire) <= BATCH_WIRE_BYTES_MAX or count == 1:
            return Packed(first + count - 1, wire)
        count //= 2  # what is sealed does not compress
