"""Keys, entries and logs made from seeds, and the folder of standard vectors."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.entry import Scan
from sync import canonical
from sync.chain import links
from sync.ids import EntryHash, genesis

BOOT = b"\x01" * 8
VECTORS = Path(__file__).resolve().parents[3] / "shared" / "data" / "vectors"


def make_key(seed: str = "kiosk") -> Ed25519PrivateKey:
    """The same seed gives the same key."""
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())


def public_of(key: Ed25519PrivateKey) -> bytes:
    """Its 32 public bytes."""
    return key.public_key().public_bytes_raw()


def make_scan(n: int = 0, *, who: str = "CS000001", code: bytes = b"") -> Scan:
    """A scan, `n` seconds after the first."""
    return Scan(
        BOOT,
        1_000_000 + 1_000 * n,
        1_700_000_000_000,
        "in" if n % 2 == 0 else "out",
        1,
        "card",
        "good",
        "P-1",
        who,
        b"\x0a\x0b\x0c\x0d",
        1,
        1_800_000_000,
        code,
    )


def make_bodies(count: int, *, start: int = 0) -> list[bytes]:
    """The bytes of as many scans."""
    return [canonical.encode(make_scan(start + n)) for n in range(count)]


def make_chain(key: Ed25519PrivateKey, bodies: list[bytes]) -> list[EntryHash]:
    """The hash before the first entry, then that of each."""
    start = genesis(public_of(key))
    return [start, *links(start, bodies)]


def vectors(name: str) -> Any:
    """A file of the standard vectors; where they are absent, the test skips and says so."""
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"standard vectors absent: shared/data/vectors/{name}")
    return json.loads(path.read_text(encoding="utf-8"))
