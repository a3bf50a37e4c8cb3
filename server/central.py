"""The central log: what the centre itself does is an entry, too, hashed and signed like any other (DESIGN, 1)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from schemas.entry import BadgeKey, Enrol, Entry, RevokeBadge, RevokeLog, Set
from schemas.fleet_entry import Tell, Untell
from server import bulk, epochs
from server.central_order import keep_place
from server.clock import Clock
from server.intake.lead_keys import touch_names_of
from server.intake.touch import touch, touch_table
from server.keys import Keys
from server.models.log import HeadSignature, Log, LogEntry, LogRange
from sync import statement, view_rows
from sync.canonical import encode
from sync.chain import link
from sync.ids import EntryHash, genesis, log_id

Make = Callable[[bytes, int, int], Entry]
"""Makes an entry from its stamp: boot, mono_ms, lead_ms."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A new central entry. at_ms: its wall clock."""

    seq: int
    hash: EntryHash
    at_ms: int


@dataclass(frozen=True, slots=True)
class Central:
    """The pen of the central log: one writer, within the caller's transaction."""

    keys: Keys
    clock: Clock

    def append(self, connection: Connection, make: Make) -> Appended:
        """Append an entry to the central log. Durable when the caller's transaction is."""
        mono = self.clock.mono_ms()
        wall = self.clock.wall_ms()
        entry = make(self.clock.boot, mono, wall - mono)
        body = encode(entry)
        life = epochs.hold(connection)
        key = epochs.central_key(self.keys, life)
        public = key.public_key().public_bytes_raw()
        log = central_row(connection, public)
        held = connection.execute(
            select(LogRange).where(LogRange.log == log).with_for_update()
        ).one_or_none()
        seq = held.last + 1 if held else 1
        previous = held.head if held else genesis(public)
        entry_hash = link(previous, body)
        bulk.insert(connection, LogEntry, [(log, seq, 0, entry_hash, body)])
        _move_head(connection, log, held is None, seq, previous, entry_hash)
        text = statement.write("head", log=life.central, seq=seq, hash=entry_hash)
        signature = statement.sign(key, text)
        bulk.insert(connection, HeadSignature, [(log, seq, entry_hash, signature)])
        keep_place(connection, (log, seq, entry_hash), is_set=isinstance(entry, Set))
        _touch(connection, entry)
        return Appended(seq, entry_hash, wall)

    def record_change(
        self, connection: Connection, table: str, rows: int, digest: bytes, by: str = ""
    ) -> None:
        """Append `set`: reference data changed (RULES, 10)."""
        self.append(connection, lambda b, m, d: Set(b, m, d, table, rows, digest, by))

    def record_revocation(
        self, connection: Connection, who: str, serial: int, from_ms: int, reason: str
    ) -> EntryHash:
        """Append `revoke_badge`, and give the entry's hash, which the revocation rests on."""
        entry = self.append(
            connection, lambda b, m, d: RevokeBadge(b, m, d, who, serial, from_ms, reason)
        )
        return entry.hash

    def record_enrolment(
        self, connection: Connection, log: str, site: str, post: str, from_ms: int, by: str = ""
    ) -> Appended:
        """Append `enrol`: this log belongs to this site from then on. by: the account that confirmed it."""
        return self.append(
            connection, lambda b, m, d: Enrol(b, m, d, log, site, post, from_ms, 0, by)
        )


def held_head(connection: Connection, *, lock: bool = True) -> tuple[int, bytes]:
    """Give seq and hash of the last entry of the central log in use; none comes behind it until this transaction ends.

    lock: False only to look.
    """
    life = epochs.hold(connection) if lock else epochs.current(connection)
    query = select(LogRange.last, LogRange.head).join(Log, Log.id == LogRange.log)
    query = query.where(Log.name == life.central)
    row = connection.execute(query.with_for_update(of=LogRange) if lock else query).one()
    return row.last, bytes(row.head)


def central_row(connection: Connection, public: bytes) -> int:
    """Find the row of a central log, or begin to keep it."""
    name = log_id(public)
    row = connection.execute(select(Log.id).where(Log.name == name)).one_or_none()
    if row is not None:
        return int(row.id)
    values = {"name": name, "public_key": public, "kind": "central"}
    made = connection.execute(insert(Log).values(values).returning(Log.id))
    return int(made.scalar_one())


def _touch(connection: Connection, entry: Entry) -> None:
    """Tell the change feed what this entry is about."""
    touch(connection, view_rows.DEPOSIT)
    if isinstance(entry, Set):
        touch_table(connection, entry.table)
    elif isinstance(entry, RevokeBadge):
        touch(connection, view_rows.REVOKED, entry.who)
    elif isinstance(entry, BadgeKey):
        touch(connection, view_rows.BADGE_KEY)
    elif isinstance(entry, Tell | Untell):
        touch(connection, view_rows.MESSAGE)
    elif isinstance(entry, Enrol):
        touch_names_of(connection, entry.log, entry.site)
    elif isinstance(entry, RevokeLog):
        touch_names_of(connection, entry.log)


def _move_head(
    connection: Connection, log: int, is_first: bool, seq: int, previous: bytes, head: bytes
) -> None:
    if is_first:
        bulk.insert(connection, LogRange, [(log, head, 1, seq, previous)])
    else:
        connection.execute(update(LogRange).where(LogRange.log == log).values(head=head, last=seq))
    connection.execute(
        update(Log).where(Log.id == log).values(version=Log.version + 1, announced=seq)
    )
