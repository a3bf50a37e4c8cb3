"""Check the whole store against itself: every hash and link of each log, receipts, where a log succeeds, the database's pages.

Reads in chunks, so that memory stays flat however long the log is. Writes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import sqlcipher3.dbapi2 as sqlite

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Trouble
from kiosk.faults import fault_of
from kiosk.log import entry_at, hash_at, read_head
from kiosk.store import Database
from schemas.entry import Succeed
from schemas.vocabulary import Code
from sync import canonical, receipt
from sync.chain import link
from sync.errors import Refused
from sync.succession import SUCCEED_SEQ, is_proved

CHUNK_ENTRIES = 1_000
FAULTS_MAX = 20
"""Faults named; the first is what matters."""

_HARMLESS = frozenset({Code.UNKNOWN_KIND})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written. seq: of the entry, None where it is none's; log: its log."""

    what: str
    seq: int | None
    log: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is wrong with it."""

    entries: int
    receipts: int
    faults: list[Fault]

    @property
    def first_bad(self) -> int | None:
        """The lowest seq of an entry that is not as it was written."""
        return min((fault.seq for fault in self.faults if fault.seq is not None), default=None)


Progress = Callable[[int, int], None]
"""Told (entries done, entries in all) after each chunk."""


def verify(kiosk: Kiosk, progress: Progress) -> Verified:
    """Check everything. Damage that the database itself reports is a fault like any other."""
    db = kiosk.store.db
    faults: list[Fault] = []
    entries = proofs = 0
    try:
        logs = device.read_identities(db)
        for identity in logs:
            entries = _entries(db, identity, faults, progress, done=entries)
            proofs += _receipts(db, identity, faults)
        for old, new in pairwise(logs):
            _succession(db, old, new, faults)
        faults += [Fault(f"database: {line}", None) for line in _damage(db)]
    except sqlite.DatabaseError as error:
        faults += damaged(error).faults
    return Verified(entries, proofs, faults[:FAULTS_MAX])


def damaged(error: sqlite.DatabaseError) -> Verified:
    """Give the finding for a store of which the database itself says that it is damaged. Raise any other error again.

    A disk that is full, read-only or busy is trouble of today, and nobody's tampering.
    """
    fault = fault_of(error)
    if fault is None or fault.code != Trouble.STORE_DAMAGED:
        raise error
    return Verified(0, 0, [Fault(f"database: {error}", None)])


def _entries(
    db: Database, identity: device.Identity, faults: list[Fault], progress: Progress, *, done: int
) -> int:
    """Check the entries of one log; done: how many of others were, given back with these."""
    total: int = db.execute("SELECT count(*) FROM entries").fetchone()[0]
    previous, expected = bytes(identity.genesis), 1
    for seq, entry_hash, body in _rows(db, identity.number):
        fault = _fault(previous, expected, (seq, entry_hash, body))
        if fault is not None and len(faults) < FAULTS_MAX:
            faults.append(Fault(fault, min(seq, expected), identity.log))
        previous, expected, done = entry_hash, seq + 1, done + 1
        if done % CHUNK_ENTRIES == 0:
            progress(done, total)
    return done


def _fault(previous: bytes, expected: int, row: tuple[int, bytes, bytes]) -> str | None:
    seq, entry_hash, body = row
    if seq != expected:
        return "entry missing"
    if not isinstance(body, bytes) or link(previous, body) != entry_hash:
        return "entry altered"
    entry = canonical.understand(body)
    if isinstance(entry, canonical.Strange) and entry.code not in _HARMLESS:
        return f"entry {entry.code}"
    return None


def _rows(db: Database, log: int) -> Iterator[tuple[int, bytes, bytes]]:
    after = -(2**63)
    while True:
        rows = db.execute(
            "SELECT seq, hash, body FROM entries WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?",
            (log, after, CHUNK_ENTRIES),
        ).fetchall()
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def _succession(
    db: Database, old: device.Identity, new: device.Identity, faults: list[Fault]
) -> None:
    """A closed log ends where its successor says, signed with its key."""
    entry = entry_at(db, new, SUCCEED_SEQ)
    head = read_head(db, old)
    if not isinstance(entry, Succeed) or not is_proved(entry, new.log, old.public):
        faults.append(Fault("log does not say whom it succeeds", SUCCEED_SEQ, new.log))
    elif (entry.seq, entry.hash) != head:
        faults.append(Fault("closed log does not end where its successor says", head.seq, old.log))


def _receipts(db: Database, identity: device.Identity, faults: list[Fault]) -> int:
    enrolment = device.read_enrolment(db)
    query = "SELECT last, statement, signature FROM receipts WHERE log = ?"
    rows = db.execute(query, (identity.number,)).fetchall()
    for last, text, signature in rows:
        if len(faults) < FAULTS_MAX and not _proves(db, identity, enrolment, text, signature):
            faults.append(Fault("receipt does not fit the log", last, identity.log))
    return len(rows)


def _proves(
    db: Database,
    identity: device.Identity,
    enrolment: device.Enrolment | None,
    text: str,
    signature: bytes,
) -> bool:
    if enrolment is None:
        return False
    try:
        proof = receipt.verify(text, signature, server_key=enrolment.server_key, log=identity.log)
    except Refused:
        return False
    return hash_at(db, identity, proof.last) == proof.hash


def _damage(db: Database) -> list[str]:
    """Ask the database about its pages: their authentication codes first, then their structure.

    The first reads the file itself, and can meet a page that another process is just writing: what is wrong is wrong twice.
    """
    lines = _bad_pages(db)
    if lines:
        again = set(_bad_pages(db))
        lines = [line for line in lines if line in again]
    lines += [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
    return lines[:FAULTS_MAX]


def _bad_pages(db: Database) -> list[str]:
    return [str(row[0]) for row in db.execute("PRAGMA cipher_integrity_check")]
