"""The log on disk: appending to it and reading runs of it. The outbox is a query over it, not a table.

Clocks are stamped inside the transaction that appends, so that within a log time never runs backwards, however many
processes write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from kiosk import VERSION, device
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
    now: Reading
    head: Head

    def add(self, entry: Entry) -> Head:
        """Append one entry, and its index row if it is a scan that names somebody and was not revoked (RULES, D3)."""
        body = canonical.encode(entry)
        seq = self.head.seq + 1
        self.head = Head(seq, link(self.head.hash, body))
        self.db.execute("INSERT INTO entries VALUES (?, ?, ?)", (seq, self.head.hash, body))
        if isinstance(entry, Scan) and entry.who and entry.state != CodeState.REVOKED:
            row = (entry.who, seq, entry.direction, entry.boot, entry.mono_ms, entry.wall_ms)
            self.db.execute("INSERT INTO scans VALUES (?, ?, ?, ?, ?, ?)", row)
        return self.head


@contextmanager
def appending(store: Store, clock: Clock) -> Iterator[Writer]:
    """Open one transaction that appends; the boot entry comes first where this boot has none yet."""
    identity = device.require_identity(store)
    with store.write() as db:
        last = _last_clocks(db)
        now = clock.read()
        if last is not None and last[0] == now.boot and now.mono_ms < last[1]:
            now = now._replace(mono_ms=last[1])
        writer = Writer(db, now, read_head(db, identity))
        if last is None or last[0] != now.boot:
            writer.add(Boot(now.boot, now.mono_ms, now.lead_ms, VERSION, clock.kind))
        yield writer


def read_head(db: Database, identity: device.Identity) -> Head:
    """Read the log's head."""
    row = db.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(0, identity.genesis) if row is None else Head(row[0], EntryHash(row[1]))


def hash_at(db: Database, identity: device.Identity, seq: int) -> EntryHash | None:
    """Give the hash of the entry at this seq (0: the genesis hash); None beyond the head."""
    if seq == 0:
        return identity.genesis
    row = db.execute("SELECT hash FROM entries WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else EntryHash(row[0])


def bodies(db: Database, first: int, last: int) -> list[bytes]:
    """Read the bytes of a run of entries."""
    rows = db.execute(
        "SELECT body FROM entries WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
    )
    return [row[0] for row in rows]


def entry_at(db: Database, seq: int) -> Entry | None:
    """Read one entry; None if it is not there or cannot be understood."""
    row = db.execute("SELECT body FROM entries WHERE seq = ?", (seq,)).fetchone()
    entry = None if row is None else canonical.understand(row[0])
    return None if isinstance(entry, canonical.Strange) else entry


def _last_clocks(db: Database) -> tuple[bytes, int] | None:
    """Give boot and monotonic clock of the last entry; None in an empty log (or after something strange)."""
    row = db.execute("SELECT max(seq) FROM entries").fetchone()
    entry = entry_at(db, row[0] or 0)
    return None if entry is None else (entry.boot, entry.mono_ms)
