"""Words of the server that came by another way than an answer: what they prove, and what they must not undo.

An old reply may come after a newer contact. So a word of an epoch that is not the present one only counts if it was signed
later than anything else we have of the server: then it is the first that we hear of a new epoch (I6).
"""

from collections.abc import Iterable
from enum import Enum, auto

from kiosk import device, receipts
from kiosk.app import Kiosk
from kiosk.log import hash_at
from kiosk.receipts import Told
from kiosk.store import Database
from kiosk.succeed import close_log
from sync.receipt import Receipt


class Proof(Enum):
    """What a receipt came to."""

    KEPT = auto()
    OLD = auto()
    DIVERGED = auto()


def take_receipt(
    kiosk: Kiosk, log: device.Identity, proof: Receipt, text: str, signature: bytes
) -> Proof:
    """Keep a receipt of a log of ours that the server signed; where its hash is not ours, the log has diverged (A2)."""
    if hash_at(kiosk.store.db, log, proof.last) != proof.hash:
        close_log(kiosk, log, proof.last)
        return Proof.DIVERGED
    with kiosk.store.write() as db:
        now = receipts.told(db, log.number)
        if now.epoch and now.epoch != proof.epoch:
            if proof.server_ms <= _newest_ms(db):
                return Proof.OLD
            _begin(db, proof.epoch)
        receipts.keep(db, log.number, proof, text, signature)
    return Proof.KEPT


def hear_epoch(kiosk: Kiosk, epoch: str, server_ms: int) -> bool:
    """Hear of a new epoch by a word that the server signed at that time; tell whether it is news: all is pending again."""
    with kiosk.store.write() as db:
        own = device.require_identity(kiosk.store)
        now = receipts.told(db, own.number).epoch
        if now in ("", epoch) or server_ms <= _newest_ms(db):
            return False
        _begin(db, epoch)
    return True


def present_epoch(kiosk: Kiosk, proofs: Iterable[Receipt]) -> str:
    """Give the epoch that counts: the one we know or, if the server signed one of these receipts later than all we have, its."""
    own = device.require_identity(kiosk.store)
    db = kiosk.store.db
    known, newest_ms = receipts.told(db, own.number).epoch, _newest_ms(db)
    last = max(proofs, key=lambda proof: proof.server_ms, default=None)
    is_later = last is not None and (not known or last.server_ms > newest_ms)
    return last.epoch if last is not None and is_later else known


def _begin(db: Database, epoch: str) -> None:
    """Count nothing as delivered that the server did not sign for in this epoch, of any log."""
    for log in device.read_identities(db):
        if receipts.told(db, log.number).epoch not in ("", epoch):
            receipts.tell(db, log.number, Told(epoch, []))


def _newest_ms(db: Database) -> int:
    """Give the server's time when we last heard of it."""
    anchor = device.read_anchor(db)
    row = db.execute(
        "SELECT max(server_ms) FROM (SELECT server_ms FROM receipts UNION SELECT server_ms FROM channels)"
    ).fetchone()
    return max(int(row[0] or 0), anchor.server_ms if anchor else 0)
