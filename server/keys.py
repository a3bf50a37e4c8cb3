"""The server's private keys: files of their own in the home, readable by its user alone.

identity: signs time, receipts and views; its fingerprint is in every enrolment code. log: signs the central log. seal: opens
what kiosks sealed. badge: signs badges.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.ids import LogId, log_id, server_fingerprint

_NAMES = ("identity", "log", "seal", "badge")


class KeysMissing(Exception):
    """The home has no keys: `setup` has not been run, or the folder was not brought along."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of this server."""

    identity: Ed25519PrivateKey
    log: Ed25519PrivateKey
    seal: X25519PrivateKey
    badge: Ed25519PrivateKey

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
        """The key that verifies badges."""
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
    return any(made)


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
    )


def _make(file: Path) -> bool:
    """Write 32 random bytes as hex, durably; leave a key that is there alone."""
    if file.exists():
        return False
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(os.urandom(32).hex())
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
    return True
