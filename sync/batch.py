"""A batch: a contiguous run of one log, its head signed. It proves itself, so any courier may carry it.

On the wire: gzip over msgpack `["batch", 1, key, first, previous, [entry bytes...], signature]`. The signature is the log's,
over the statement `head` with the run's last seq and hash; through the chain it covers every entry before it. This form never
changes; another form gets another number in place of the 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import (
    BATCH_CUT_BYTES,
    BATCH_ENTRIES_MAX,
    BATCH_INFLATED_BYTES_MAX,
    BATCH_WIRE_BYTES_MAX,
    ENTRY_BYTES_MAX,
    SAFE_INTEGER_MAX,
)
from schemas.vocabulary import Code
from sync import statement
from sync.chain import links
from sync.errors import Refused
from sync.gzip import deflate, inflate
from sync.ids import EntryHash, LogId, PublicKey, genesis, log_id

_FORM = 1
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, int, bytes, int, bytes, list[bytes], bytes]).decode


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of entries whose chain and signature have been checked.

    hashes: the chain hash of each entry, aligned with bodies. signature: the author's, over the head.
    """

    key: PublicKey
    log: LogId
    first: int
    previous: EntryHash
    bodies: list[bytes]
    hashes: list[EntryHash]
    signature: bytes

    @property
    def last(self) -> int:
        """The seq of the run's last entry."""
        return self.first + len(self.bodies) - 1

    @property
    def head(self) -> EntryHash:
        """The hash of the run's last entry."""
        return self.hashes[-1]


def cut(sizes: Sequence[int]) -> int:
    """Say how many of these entries (their sizes in bytes) make the next batch: at least one, within the bounds."""
    total = 0
    for count, size in enumerate(sizes[:BATCH_ENTRIES_MAX]):
        total += size
        if total > BATCH_CUT_BYTES and count > 0:
            return count
    return min(len(sizes), BATCH_ENTRIES_MAX)


def pack(key: Ed25519PrivateKey, *, first: int, previous: bytes, bodies: Sequence[bytes]) -> bytes:
    """Give the wire bytes of a run of one's own log: `bodies` from seq `first` on, after the hash `previous`."""
    public = key.public_key().public_bytes_raw()
    head = links(previous, bodies)[-1]
    text = statement.write("head", log=log_id(public), seq=first + len(bodies) - 1, hash=head)
    return _wire(public, first, previous, bodies, statement.sign(key, text))


def unpack(wire: bytes) -> Batch:
    """Read and check a batch: bounds, strict form, chain and signature.

    Raise `Refused` with `too_large`, `not_gzip`, `malformed`, `not_canonical`, `too_many_entries`, `entry_too_large`,
    `bad_sequence` or `bad_signature`.
    """
    if len(wire) > BATCH_WIRE_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {BATCH_WIRE_BYTES_MAX} bytes on the wire")
    raw = inflate(wire, BATCH_INFLATED_BYTES_MAX)
    try:
        fields = _decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not a batch") from error
    if _encode(fields) != raw:
        raise Refused(Code.NOT_CANONICAL, "not in shortest form")
    name, form, key, first, previous, bodies, signature = fields
    if name != "batch" or form != _FORM or len(key) != 32 or len(previous) != 32:
        raise Refused(Code.MALFORMED, "not a batch of a form known here")
    return prove(key, first=first, previous=previous, bodies=bodies, signature=signature)


def prove(
    key: bytes, *, first: int, previous: bytes, bodies: list[bytes], signature: bytes
) -> Batch:
    """Check a run, however it came: bounds, chain and signature. Raise `Refused` as `unpack` does for these."""
    _check_bounds(first, bodies)
    if first == 1 and previous != genesis(key):
        raise Refused(Code.BAD_SEQUENCE, "the first entry does not follow from the log's key")
    batch = Batch(
        PublicKey(key),
        log_id(key),
        first,
        EntryHash(previous),
        bodies,
        links(previous, bodies),
        signature,
    )
    text = statement.write("head", log=batch.log, seq=batch.last, hash=batch.head)
    statement.require_signed(key, text, signature)
    return batch


def repack(batch: Batch) -> bytes:
    """Give the wire bytes of a batch that was checked, with the author's own signature."""
    return _wire(batch.key, batch.first, batch.previous, batch.bodies, batch.signature)


def _wire(
    key: bytes, first: int, previous: bytes, bodies: Sequence[bytes], signature: bytes
) -> bytes:
    return deflate(_encode(("batch", _FORM, key, first, previous, list(bodies), signature)))


def _check_bounds(first: int, bodies: list[bytes]) -> None:
    if not bodies:
        raise Refused(Code.MALFORMED, "no entries")
    if len(bodies) > BATCH_ENTRIES_MAX:
        raise Refused(Code.TOO_MANY_ENTRIES, f"over {BATCH_ENTRIES_MAX} entries")
    if not 1 <= first <= SAFE_INTEGER_MAX - BATCH_ENTRIES_MAX:
        raise Refused(Code.BAD_SEQUENCE, "seq out of range")
    if max(map(len, bodies)) > ENTRY_BYTES_MAX:
        raise Refused(Code.ENTRY_TOO_LARGE, f"over {ENTRY_BYTES_MAX} bytes")
