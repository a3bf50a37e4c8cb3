"""The logs on disk: appending to the one that goes on, and reading runs of any. The outbox is a query, not a table.

Clocks are stamped inside the transaction that appends, so that within a log time never runs backwards, however many
processes write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from kiosk import VERSION, device, reserve
from kiosk.clock import Clock, Reading
from kiosk.store import Database, Store
from schemas.entry import Boot, Entry, Scan
from schemas.vocabulary import CodeState
from sync import canonical
from sync.chain import link
from sync.ids import EntryHash


class Head(NamedTuple):
    """The last entry's seq and hash; seq 0 and the genesis hash before the first."""

    seq: int
    hash: EntryHash


@dataclass(slots=True)
class Writer:
    """One transaction that appends. `now` is the stamp of everything in it."""

    db: Database
    identity: device.Identity
    now: Reading
    head: Head

    def add(self, entry: Entry) -> Head:
        """Append one entry, and its index row if it is a scan that names somebody and was not revoked (RULES, D3)."""
        body = canonical.encode(entry)
        seq = self.head.seq + 1
        self.head = Head(seq, link(self.head.hash, body))
        log = self.identity.number
        self.db.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (log, *self.head, body))
        if isinstance(entry, Scan) and entry.who and entry.state != CodeState.REVOKED:
            row = (entry.who, log, seq, entry.direction, entry.boot, entry.mono_ms, entry.wall_ms)
            self.db.execute("INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return self.head

    def take_out(self, seq: int, who: str) -> None:
        """Take a scan out of the index, because it was undone. The entry stays; what a lead voids later still counts."""
        row = (who, self.identity.number, seq)
        self.db.execute("DELETE FROM scans WHERE who = ? AND log = ? AND seq = ?", row)


@contextmanager
def appending(store: Store, clock: Clock) -> Iterator[Writer]:
    """Open one transaction that appends; the boot entry comes first where this boot has none yet.

    Only what is appended may use up the reserve of the disk.
    """
    device.require_identity(store)
    with reserve.room(store.home), store.write() as db:
        identity = device.read_identity(
            db
        )  # only now: another process may just have begun a new log
        if identity is None:
            raise RuntimeError("a log that was there is gone")
        yield begin(db, clock, identity)


def begin(db: Database, clock: Clock, identity: device.Identity) -> Writer:
    """Stamp what is appended to this log, within the caller's transaction."""
    head = read_head(db, identity)
    last = _clocks_at(db, identity, head.seq)
    now = clock.read()
    if last is not None and last[0] == now.boot and now.mono_ms < last[1]:
        now = now._replace(mono_ms=last[1])
    writer = Writer(db, identity, now, head)
    if last is None or last[0] != now.boot:
        writer.add(Boot(now.boot, now.mono_ms, now.lead_ms, VERSION, clock.kind))
    return writer


def read_head(db: Database, identity: device.Identity) -> Head:
    """Read a log's head."""
    row = db.execute(
        "SELECT seq, hash FROM entries WHERE log = ? ORDER BY seq DESC LIMIT 1", (identity.number,)
    ).fetchone()
    return Head(0, identity.genesis) if row is None else Head(row[0], EntryHash(row[1]))


def hash_at(db: Database, identity: device.Identity, seq: int) -> EntryHash | None:
    """Give the hash of the entry at this seq (0: the genesis hash); None beyond the head."""
    if seq == 0:
        return identity.genesis
    row = db.execute(
        "SELECT hash FROM entries WHERE log = ? AND seq = ?", (identity.number, seq)
    ).fetchone()
    return None if row is None else EntryHash(row[0])


def bodies(db: Database, identity: device.Identity, first: int, last: int) -> list[bytes]:
    """Read the bytes of a run of entries."""
    rows = db.execute(
        "SELECT body FROM entries WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (identity.number, first, last),
    )
    return [row[0] for row in rows]


def entry_at(db: Database, identity: device.Identity, seq: int) -> Entry | None:
    """Read one entry; None if it is not there or cannot be understood."""
    row = db.execute(
        "SELECT body FROM entries WHERE log = ? AND seq = ?", (identity.number, seq)
    ).fetchone()
    entry = None if row is None else canonical.understand(row[0])
    return None if isinstance(entry, canonical.Strange) else entry


def _clocks_at(db: Database, identity: device.Identity, seq: int) -> tuple[bytes, int] | None:
    """Give boot and monotonic clock of an entry; None if there is none (or it is strange)."""
    entry = entry_at(db, identity, seq)
    return None if entry is None else (entry.boot, entry.mono_ms)
