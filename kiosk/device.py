"""What this device knows of itself and its server: a few named values in the store, typed.

The keys of its logs are here: the first is made on first use, and all are kept, whatever becomes of an enrolment.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.errors import Stopped
from kiosk.store import Database, Store
from schemas.vocabulary import Code
from sync.enrolment import EnrolmentCode
from sync.ids import EntryHash, LogId, genesis, log_id

T = TypeVar("T")
LEFT = "left"
"""The enrolment that was ended here last: the log goes on, and is for that server alone."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One of this device's logs, with its secrets; the one with the highest number goes on, the others are closed.

    log_key: Ed25519 seed of the log; mark_key: for keyed hashes of codes nobody can read here, the same in all.
    """

    log_key: bytes
    mark_key: bytes
    number: int = 1

    @property
    def key(self) -> Ed25519PrivateKey:
        """The key that signs for the log."""
        return Ed25519PrivateKey.from_private_bytes(self.log_key)

    @property
    def public(self) -> bytes:
        """The log's public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()

    @property
    def reply_key(self) -> bytes:
        """The private X25519 key to which the centre seals what it sends back in answer to a bundle."""
        return sha256(b"redvest-kiosk-reply-1" + self.log_key).digest()

    @property
    def reply_public(self) -> bytes:
        """Its public half, 32 bytes."""
        key = X25519PrivateKey.from_private_bytes(self.reply_key)
        return key.public_key().public_bytes_raw()

    @property
    def log(self) -> LogId:
        """The log's id."""
        return log_id(self.public)

    @property
    def genesis(self) -> EntryHash:
        """The hash before the first entry."""
        return genesis(self.public)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where this log belongs, and the server that said so. server_key is pinned; code: hash of the code that was used."""

    url: str
    server_key: bytes
    seal_key: bytes
    code: str
    site: str
    site_name: str
    post: str


@dataclass(frozen=True, slots=True)
class LastAnchor:
    """The last contact: at monotonic time `mid_ms` of this boot the server's time was `server_ms`."""

    boot: bytes
    mid_ms: int
    server_ms: int


@dataclass(frozen=True, slots=True)
class SyncState:
    """How syncing goes. Wall-clock milliseconds, 0: never. problem: code of the last failure, "" after a success.

    diverged_at: the seq where the server held something else than the log before this one (a copied or restored kiosk),
    until somebody has confirmed the new log; 0: none.
    refilled_ms: when the server was last seen to know less than it had signed for. revoked_ms: when the server last said that
    this log was revoked, 0 if its last word was that it is not.
    """

    success_ms: int = 0
    attempt_ms: int = 0
    failures: int = 0
    next_try_ms: int = 0
    problem: str = ""
    diverged_at: int = 0
    refilled_ms: int = 0
    revoked_ms: int = 0


def read(db: Database, name: str, kind: type[T]) -> T | None:
    """Read a named value; None if it was never written."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else msgspec.msgpack.decode(row[0], type=kind)


def write(db: Database, name: str, value: object) -> None:
    """Write a named value, within the caller's transaction."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, msgspec.msgpack.encode(value)))


def read_identities(db: Database) -> list[Identity]:
    """Read all logs of the device, in order; the last one goes on."""
    rows = db.execute("SELECT identity FROM logs ORDER BY log")
    return [msgspec.msgpack.decode(row[0], type=Identity) for row in rows]


def read_identity(db: Database) -> Identity | None:
    """Read the log that goes on; None before first use."""
    row = db.execute("SELECT identity FROM logs ORDER BY log DESC LIMIT 1").fetchone()
    return None if row is None else msgspec.msgpack.decode(row[0], type=Identity)


def add_identity(db: Database, identity: Identity) -> None:
    """Begin a log, within the caller's transaction: the one before it is closed by that."""
    row = (identity.number, msgspec.msgpack.encode(identity))
    db.execute("INSERT INTO logs VALUES (?, ?)", row)


def require_identity(store: Store) -> Identity:
    """Read the log that goes on, made now if this is the first use."""
    found = read_identity(store.db)
    if found is not None:
        return found
    with store.write() as db:
        found = read_identity(db)  # another process may have been first
        if found is None:
            found = Identity(os.urandom(32), os.urandom(32))
            add_identity(db, found)
    return found


def read_enrolment(db: Database) -> Enrolment | None:
    """Read where this log belongs; None before enrolment."""
    return read(db, "enrolment", Enrolment)


def require_enrolment(db: Database) -> Enrolment:
    """Read where this log belongs. Raise `Stopped(not_enrolled)`."""
    found = read_enrolment(db)
    if found is None:
        raise Stopped(Code.NOT_ENROLLED)
    return found


def code_hash(code: EnrolmentCode) -> str:
    """Name an enrolment code without keeping it."""
    return sha256(b"redvest-kiosk-code-1" + code.id + code.secret + code.fingerprint).hexdigest()


def read_sync(db: Database) -> SyncState:
    """Read how syncing goes."""
    return read(db, "sync", SyncState) or SyncState()


def read_anchor(db: Database) -> LastAnchor | None:
    """Read the last contact; None if there was none."""
    return read(db, "anchor", LastAnchor)
