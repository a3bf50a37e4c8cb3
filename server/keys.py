"""The server's private keys: files of their own in the home, readable by its user alone.

identity: signs time, receipts and views; its fingerprint is in every enrolment code. log: signs the central log. seal: opens
what kiosks sealed. console: what the cookies and second factors of the staff are sealed with. badge: the first key that
signed badges; those after it are called badge-ID, by their id in hex.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.ids import LogId, badge_key_id, log_id, server_fingerprint

_NAMES = ("identity", "log", "seal", "badge")
_CONSOLE = "console"


class KeysMissing(Exception):
    """The home has no keys: `setup` has not been run, or the folder was not brought along."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of this server. badges: every key here that signs badges, by its id, `badge` among them."""

    identity: Ed25519PrivateKey
    log: Ed25519PrivateKey
    seal: X25519PrivateKey
    badge: Ed25519PrivateKey
    badges: Mapping[bytes, Ed25519PrivateKey] = field(default_factory=dict)

    @property
    def identity_public(self) -> bytes:
        """The key that kiosks pin."""
        return self.identity.public_key().public_bytes_raw()

    @property
    def log_public(self) -> bytes:
        """The key of the central log."""
        return self.log.public_key().public_bytes_raw()

    @property
    def seal_public(self) -> bytes:
        """The key that kiosks seal to."""
        return self.seal.public_key().public_bytes_raw()

    @property
    def badge_public(self) -> bytes:
        """The first key that verified badges."""
        return self.badge.public_key().public_bytes_raw()

    @property
    def central_log(self) -> LogId:
        """The id of the central log."""
        return log_id(self.log_public)

    @property
    def fingerprint(self) -> bytes:
        """What enrolment codes pin."""
        return server_fingerprint(self.identity_public)


def make_keys(folder: Path) -> bool:
    """Make the keys that are not there yet. Tell whether any was made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [_make(folder / f"{name}.key") for name in _NAMES]
    _make(folder / f"{_CONSOLE}.key")
    return any(made)


def read_console_key(folder: Path) -> bytes:
    """Read the 32 bytes that the console's secrets follow from. Raise `KeysMissing`."""
    file = folder / f"{_CONSOLE}.key"
    if not file.exists():
        raise KeysMissing(f"{_CONSOLE} in {folder}: run setup")
    return bytes.fromhex(file.read_text())


def derive_secret(key: bytes, purpose: str) -> bytes:
    """Give 32 bytes that follow from the console's key, others for each purpose (HKDF, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, f"redvest-console {purpose}".encode()).derive(key)


def make_badge_key(folder: Path) -> bytes:
    """Make another key that signs badges, durably, and give its public half. Nothing is signed with it yet."""
    raw = os.urandom(32)
    public = Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    _write(folder / f"badge-{badge_key_id(public).hex()}.key", raw)
    return public


def read_badge_keys(folder: Path) -> dict[bytes, Ed25519PrivateKey]:
    """Read every key that signs badges, by its id."""
    keys = [_read(file) for file in sorted(folder.glob("badge*.key"))]
    return {badge_key_id(key.public_key().public_bytes_raw()): key for key in keys}


def _read(file: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text()))


def read_keys(folder: Path) -> Keys:
    """Read the keys. Raise `KeysMissing` if one is not there."""
    missing = [name for name in _NAMES if not (folder / f"{name}.key").exists()]
    if missing:
        raise KeysMissing(f"{', '.join(missing)} in {folder}")
    raw = {name: bytes.fromhex((folder / f"{name}.key").read_text()) for name in _NAMES}
    return Keys(
        identity=Ed25519PrivateKey.from_private_bytes(raw["identity"]),
        log=Ed25519PrivateKey.from_private_bytes(raw["log"]),
        seal=X25519PrivateKey.from_private_bytes(raw["seal"]),
        badge=Ed25519PrivateKey.from_private_bytes(raw["badge"]),
        badges=read_badge_keys(folder),
    )


def _make(file: Path) -> bool:
    """Make a key; leave one that is there alone."""
    if file.exists():
        return False
    _write(file, os.urandom(32))
    return True


def _write(file: Path, raw: bytes) -> None:
    """Write 32 bytes as hex, durably, for nobody else to read."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(raw.hex())
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
