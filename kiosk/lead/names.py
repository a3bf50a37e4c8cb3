"""Call names of walk-ins: under a key that only a lead's PIN opens, and no longer than a shift.

Whoever came without a badge is called by this name at the post; the centre has the rest, sealed. The number stays here after
the name is gone, so that it can still be found by its last signs.
"""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.clock import Reading
from kiosk.lead.pins import NONCE_BYTES
from kiosk.limits import CALL_NAME_MS_MAX, WALK_INS_SHOWN_MAX
from kiosk.store import Database


def keep(db: Database, key: bytes, number: str, name: str, now: Reading, nonce: bytes) -> None:
    """Keep a call name, within the caller's transaction."""
    box = nonce + AESGCM(key).encrypt(nonce, name.encode(), number.encode())
    db.execute("INSERT OR REPLACE INTO walk_ins VALUES (?, ?, ?)", (number, now.wall_ms, box))


def read(db: Database, key: bytes) -> list[tuple[str, int, str]]:
    """Give walk-ins as (number, when, call name), the last one first; the name is "" where it is gone."""
    rows = db.execute(
        "SELECT number, wall_ms, box FROM walk_ins ORDER BY wall_ms DESC LIMIT ?",
        (WALK_INS_SHOWN_MAX,),
    )
    return [(number, wall_ms, _open(key, number, box)) for number, wall_ms, box in rows]


def forget_old(db: Database, now: Reading) -> None:
    """Let names go that are older than a shift, within the caller's transaction; by a clock that went back all of them."""
    db.execute(
        "UPDATE walk_ins SET box = x'' WHERE box <> x'' AND wall_ms NOT BETWEEN ? AND ?",
        (now.wall_ms - CALL_NAME_MS_MAX, now.wall_ms + CALL_NAME_MS_MAX),
    )


def forget_all(db: Database) -> None:
    """Let all names go, within the caller's transaction."""
    db.execute("UPDATE walk_ins SET box = x''")


def _open(key: bytes, number: str, box: bytes) -> str:
    if not box:
        return ""
    return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], number.encode()).decode()
