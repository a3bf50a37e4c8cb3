"""Verify: every link of every chain, every signed head, what the central log says, and what was set aside."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from schemas.entry import BadgeKey, Enrol, RevokeBadge, RevokeLog
from server import epochs
from server.books import central_rows
from server.books.verify.compare import compare_all
from server.books.verify.readings import Seals
from server.database import Database
from server.keys import Keys
from server.models.badge import BadgeKey as BadgeKeyRow
from server.models.badge import BadgeRevocation
from server.models.log import (
    Enrolment,
    HeadSignature,
    Log,
    LogEntry,
    LogRange,
    LogRevocation,
    SetAside,
)
from sync import statement
from sync.canonical import Strange, understand
from sync.chain import link
from sync.ids import badge_key_id, genesis, log_id

ROWS_AT_A_TIME = 10_000
TOLD_EVERY = 100_000
"""Entries of one log after which it is said how far it is."""
TROUBLES_MAX = 1_000
Progress = Callable[[str, int], None]
Seen = Callable[[int], None]
"""Is told how many entries of a log were looked at."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was written. log: whose chain; seq: where (0: the log as a whole)."""

    log: str
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found wrong. kiosk_entries: those of the entries that kiosks wrote."""

    logs: int
    entries: int
    kiosk_entries: int
    signatures: int
    troubles: list[Trouble]


def verify(database: Database, keys: Keys, progress: Progress) -> Verified:
    """Check all facts, in bounded memory. Damage that the database itself reports is a finding like any other."""
    try:
        with database.read() as connection:
            return _verify(connection, keys, progress)
    except DBAPIError as error:
        if not is_damage(error):
            raise
        return damaged(error)


def verify_derived(database: Database, keys: Keys, progress: Progress) -> list[Trouble]:
    """Derive everything again, compare it figure by figure with what is stored, and leave that as it is.

    Anchors are checked again on the way: one that this server did not sign moves no time. It takes as long as a rebuild.
    """
    found = compare_all(database, keys.identity_public, lambda step, n, _: progress(step, n))
    what = "what is derived of it is not what follows from the facts"
    return [Trouble(about, 0, what) for about in found.about]


def is_damage(error: DBAPIError) -> bool:
    """Tell a database that is not as it was written from one that is busy, full or away."""
    words = str(error.orig)
    return "malformed" in words or "decode" in words or "not a database" in words


def damaged(error: DBAPIError) -> Verified:
    """Give the finding for a database that cannot be read."""
    what = f"the database cannot be read: {type(error.orig).__name__}"
    return Verified(0, 0, 0, 0, [Trouble("", 0, what)])


def _verify(connection: Connection, keys: Keys, progress: Progress) -> Verified:
    troubles: list[Trouble] = []
    entries = by_kiosks = signatures = 0
    logs = connection.execute(select(Log).order_by(Log.id)).all()
    for log in logs:
        for trouble in _check_log(
            connection, log, keys, partial(_tell, progress, log.name, entries)
        ):
            if len(troubles) < TROUBLES_MAX:
                troubles.append(trouble)
        count = _count(connection, "log_entry", log.id)
        entries += count
        by_kiosks += count if log.kind == "kiosk" else 0
        signatures += _count(connection, "head_signature", log.id)
        progress(log.name, entries)
    if entries != connection.scalar(select(func.count()).select_from(LogEntry)):
        troubles.append(Trouble("", 0, "there are entries of a log that is not there"))
    troubles.extend(_check_central_lookups(connection, keys))
    troubles.extend(_check_set_aside(connection))
    return Verified(len(logs), entries, by_kiosks, signatures, troubles)


def _check_log(connection: Connection, row: Row[Any], keys: Keys, seen: Seen) -> Iterator[Trouble]:
    log, name, key = row.id, row.name, _octets(row.public_key)
    if log_id(key) != name:
        yield Trouble(name, 0, "the key is not this log's")
    if row.kind != ("central" if name in epochs.own_logs(connection, keys) else "kiosk"):
        yield Trouble(name, 0, "this log passes for one of another kind")
    yield from _check_entries(connection, log, name, key, seen)
    yield from _check_ranges(connection, log, name, key)
    yield from _check_signatures(connection, log, name, key)


def _tell(progress: Progress, name: str, before: int, count: int) -> None:
    """Say how far a long log is."""
    if count % TOLD_EVERY == 0:
        progress(name, before + count)


def _octets(value: object) -> bytes:
    """Give stored bytes; what is of another type is not what was written, and matches nothing."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _check_entries(
    connection: Connection, log: int, name: str, key: bytes, seen: Seen
) -> Iterator[Trouble]:
    """Every entry must link to an entry held before it, to the log's key, or to the start of a range after a gap."""
    starts = {
        (row.first, _octets(row.previous))
        for row in connection.execute(
            select(LogRange.first, LogRange.previous).where(LogRange.log == log)
        )
    }
    before: set[bytes] = {bytes(genesis(key))}
    here: set[bytes] = set()
    at = 1
    for count, (seq, entry_hash, body) in enumerate(_entries(connection, log), 1):
        seen(count)
        if seq != at:
            before, here, at = (here if seq == at + 1 else set()), set(), seq
        allowed = before | {previous for first, previous in starts if first == seq}
        if not any(link(previous, body) == entry_hash for previous in allowed):
            yield Trouble(name, seq, "the entry does not match its hash, or its hash the chain")
        here.add(entry_hash)


def _entries(connection: Connection, log: int) -> Iterator[tuple[int, bytes, bytes]]:
    seq, slot = 0, -1
    while True:
        rows = connection.execute(
            select(LogEntry.seq, LogEntry.slot, LogEntry.hash, LogEntry.body)
            .where(LogEntry.log == log)
            .where((LogEntry.seq > seq) | ((LogEntry.seq == seq) & (LogEntry.slot > slot)))
            .order_by(LogEntry.seq, LogEntry.slot)
            .limit(ROWS_AT_A_TIME)
        ).all()
        if not rows:
            return
        for row in rows:
            yield row.seq, _octets(row.hash), _octets(row.body)
        seq, slot = rows[-1].seq, rows[-1].slot


def _check_ranges(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    """What the server says it holds must be there: as many entries as the ranges count, between their ends."""
    ranges = connection.execute(select(LogRange).where(LogRange.log == log)).all()
    promised = sum(held.last - held.first + 1 for held in ranges)
    if promised != _count(connection, "log_entry", log):
        yield Trouble(name, 0, "entries are missing, or there are more than the ranges say")
    for held in ranges:
        head, previous = _octets(held.head), _octets(held.previous)
        if head not in {entry_hash for entry_hash, _ in _at(connection, log, held.last)}:
            yield Trouble(name, held.last, "the head of a range is not there")
        follows = [h == link(previous, body) for h, body in _at(connection, log, held.first)]
        if not any(follows) or (held.first == 1 and previous != genesis(key)):
            yield Trouble(name, held.first, "a range does not follow what it says")


def _at(connection: Connection, log: int, seq: int) -> list[tuple[bytes, bytes]]:
    """Give hash and body of the entries at a seq."""
    rows = connection.execute(
        select(LogEntry.hash, LogEntry.body).where(LogEntry.log == log, LogEntry.seq == seq)
    )
    return [(_octets(entry_hash), _octets(body)) for entry_hash, body in rows]


def _check_signatures(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    rows = connection.execute(
        select(HeadSignature.seq, HeadSignature.hash, HeadSignature.signature)
        .where(HeadSignature.log == log)
        .order_by(HeadSignature.seq)
    )
    heads = {
        (row.last, _octets(row.head))
        for row in connection.execute(
            select(LogRange.last, LogRange.head).where(LogRange.log == log)
        )
    }
    for seq, entry_hash, signature in rows:
        heads.discard((seq, _octets(entry_hash)))
        said = statement.write("head", log=name, seq=seq, hash=_octets(entry_hash))
        if not statement.is_signed(key, said, _octets(signature)):
            yield Trouble(name, seq, "the signature of a head does not hold")
    for seq, _ in sorted(heads):
        yield Trouble(name, seq, "the head of a range has no signature")


_LOOKED_UP: Mapping[str, type[DeclarativeBase]] = {
    "enrolment": Enrolment,
    "revocation": BadgeRevocation,
    "revocation of the log": LogRevocation,
    "badge key": BadgeKeyRow,
    **{name: model for model, name in central_rows.TABLES.items()},
}
"""Tables that hold what the central log says, entry by entry."""


def _check_central_lookups(connection: Connection, keys: Keys) -> Iterator[Trouble]:
    """Enrolments, revocations of badges and logs, and badge keys must be exactly what the centre's own logs say."""
    central = keys.central_log
    own = Log.name.in_(epochs.own_logs(connection, keys))
    numbers = connection.scalars(select(Log.id).where(own).order_by(Log.id)).all()
    if not numbers:
        yield Trouble(central, 0, "the central log is not there")
        return
    said: dict[tuple[object, ...], int] = {}
    written_now = Log.name == epochs.current(connection).central
    seals = Seals(connection.scalar(select(Log.id).where(written_now)) or 0)
    all_entries = chain.from_iterable(
        ((n, *one) for one in _entries(connection, n)) for n in numbers
    )
    for number, seq, entry_hash, body in all_entries:
        entry = understand(body)
        seals.hear(number, entry)
        if isinstance(entry, Enrol):
            fields = (entry.log, entry.from_ms, entry.to_ms, entry.site, entry.post)
            said["enrolment", *fields, entry_hash] = seq
        elif isinstance(entry, RevokeBadge):
            said["revocation", entry.who, entry_hash, entry.serial, entry.from_ms] = seq
        elif isinstance(entry, RevokeLog):
            cut = (entry_hash, entry.seq, entry.hash, entry.from_ms)
            said["revocation of the log", entry.log, *cut] = seq
        elif isinstance(entry, BadgeKey):
            what = (entry_hash, entry.public, entry.state, entry.from_ms, entry.wall_ms)
            said["badge key", badge_key_id(entry.public), *what] = seq
        elif not isinstance(entry, Strange) and (its := central_rows.row_of(entry, entry_hash)):
            said[central_rows.TABLES[its[0]], *its[1]] = seq
    for kind, model in _LOOKED_UP.items():
        for row in connection.execute(select(model)):
            kept = (bytes(v) if isinstance(v, memoryview) else v for v in row)
            if said.pop((kind, *kept), None) is None:
                yield Trouble(central, 0, f"the {kind} of {_shown(row[0])} rests on no entry")
    for (name, who, *_), seq in said.items():
        yield Trouble(central, seq, f"the {name} of {_shown(who)} is not where it is looked up")
    yield from (Trouble(central, 0, words) for words in seals.troubles(connection))


def _shown(name: object) -> str:
    return name.hex() if isinstance(name, bytes | memoryview) else str(name)


def _check_set_aside(connection: Connection) -> Iterator[Trouble]:
    """What was set aside must be as it came."""
    numbers = connection.scalars(select(SetAside.id).order_by(SetAside.id)).all()
    for number in numbers:
        query = select(SetAside.digest, SetAside.raw).where(SetAside.id == number)
        digest, raw = connection.execute(query).one()
        if sha256(_octets(raw)).digest() != _octets(digest):
            yield Trouble("", 0, f"batch {number} that was set aside is not as it came")


def _count(connection: Connection, table: str, log: int) -> int:
    query = text(f"SELECT COUNT(*) FROM {table} WHERE log = :log")  # noqa: S608 # two names of our own
    return int(connection.execute(query, {"log": log}).scalar_one())
