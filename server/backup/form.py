"""The form of a backup: a ZIP file of tables, keys and a manifest, whose last 64 bytes are the SHA-256 of all before them.

    manifest.json        what is in it, from which server, as of when, with a hash of every part
    tables/NAME          rows as frames: 4 bytes of length (big-endian), then a msgpack array of rows (arrays of values)
    keys/NAME.key        the server's private keys: whoever can read the file can be this server

The ZIP's comment is that SHA-256 in hex, so ordinary tools read the file, and one altered or missing byte anywhere is noticed.
This form does not change: another one gets another `FORMAT`, and this one is still read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Annotated

import msgspec
from msgspec import Meta

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, KEYS = "tables/", "keys/"
SEAL_BYTES = 64
"""The SHA-256 in hex at the end."""

Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)")]
KeyFile = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}\.key$(?!\n)")]
Count = Annotated[int, Meta(ge=0)]


class Part(msgspec.Struct, frozen=True):
    """A table: its columns, in the order of each row's values, and what its rows come to."""

    columns: list[Name]
    rows: Count
    sha256: Hex


class Head(msgspec.Struct, frozen=True):
    """Where the central log stood. seq 0: nowhere yet."""

    log: str
    seq: Count
    hash: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. made_ms: when; schema: the revision of its tables; fingerprint: of the server's identity key."""

    format: int
    made_ms: Count
    software: str
    schema: str
    engine: str
    fingerprint: str
    epoch: str
    central: Head
    tables: dict[Name, Part]
    keys: dict[KeyFile, Hex]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup comes to, in figures that a person can compare."""

    file: str
    made_ms: int
    epoch: str
    central: int
    logs: int
    entries: int
    rows: int
    bytes: int

    @classmethod
    def of(cls, file: str, manifest: Manifest, size: int) -> "Kept":
        """Take them from a manifest."""
        counts = {name: part.rows for name, part in manifest.tables.items()}
        return cls(
            file=file,
            made_ms=manifest.made_ms,
            epoch=manifest.epoch,
            central=manifest.central.seq,
            logs=counts.get("log", 0),
            entries=counts.get("log_entry", 0),
            rows=sum(counts.values()),
            bytes=size,
        )


def seal(file: IO[bytes], upto: int) -> bytes:
    """Give the seal over the first `upto` bytes of a file."""
    file.seek(0)
    whole = sha256()
    left = upto
    while left:
        piece = file.read(min(left, 1 << 20))
        if not piece:
            break
        whole.update(piece)
        left -= len(piece)
    return whole.hexdigest().encode()


def digests(keys: Mapping[str, bytes]) -> dict[str, str]:
    """Give the SHA-256 of each key file."""
    return {name: sha256(raw).hexdigest() for name, raw in sorted(keys.items())}
