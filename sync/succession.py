"""Which log goes on where another ended: said by the new log, proved by the key of the old one.

Nobody who merely knows a log's name or head (it is on every slip) can pass for its successor.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.entry import Succeed
from sync import statement
from sync.ids import EntryHash, LogId, log_id

SUCCEED_SEQ = 2
"""Where a log says whom it succeeds: right behind its boot entry, or nowhere."""


def succeed_entry(
    predecessor: Ed25519PrivateKey,
    head: tuple[int, EntryHash],
    successor: LogId,
    *,
    boot: bytes,
    mono_ms: int,
    lead_ms: int,
) -> Succeed:
    """Make the entry of the log `successor` that says: that log ended for me with this seq and hash."""
    name = log_id(predecessor.public_key().public_bytes_raw())
    signature = statement.sign(predecessor, _text(name, *head, successor))
    return Succeed(boot, mono_ms, lead_ms, name, *head, signature)


def is_proved(entry: Succeed, successor: LogId, public_key: bytes) -> bool:
    """Tell whether the holder of the predecessor's key (public_key) wrote this, for this successor."""
    text = _text(entry.log, entry.seq, entry.hash, successor)
    return log_id(public_key) == entry.log and statement.is_signed(
        public_key, text, entry.signature
    )


def _text(log: str, seq: int, entry_hash: bytes, successor: LogId) -> str:
    return statement.write("succeed", log=log, seq=seq, hash=entry_hash, successor=successor)
