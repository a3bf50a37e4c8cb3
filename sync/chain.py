"""The hash chain of a log: each entry's hash covers the hash before it and the entry's exact bytes."""

from collections.abc import Iterable
from hashlib import sha256

from sync.ids import EntryHash


def link(previous: bytes, body: bytes) -> EntryHash:
    """Give the hash of an entry with these bytes that follows the entry with hash `previous`."""
    return EntryHash(sha256(previous + body).digest())


def links(previous: bytes, bodies: Iterable[bytes]) -> list[EntryHash]:
    """Give the hash of each entry of a run that follows `previous`. The hot path: one pass, nothing encoded again."""
    hashes = []
    for body in bodies:
        previous = sha256(previous + body).digest()
        hashes.append(EntryHash(previous))
    return hashes
