"""Verify: every link of every chain, every signed head, the enrolments, and that derived figures are what facts mean."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from schemas.entry import Enrol, RevokeBadge
from server.database import Database
from server.keys import Keys
from server.models.badge import BadgeRevocation
from server.models.log import Enrolment, HeadSignature, Log, LogEntry, LogRange
from sync import statement
from sync.canonical import understand
from sync.chain import link
from sync.ids import genesis, log_id

ROWS_AT_A_TIME = 10_000
TROUBLES_MAX = 1_000
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was written. log: whose chain; seq: where (0: the log as a whole)."""

    log: str
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found wrong."""

    logs: int
    entries: int
    signatures: int
    troubles: list[Trouble]


def verify(database: Database, keys: Keys, progress: Progress) -> Verified:
    """Check all facts, in bounded memory."""
    troubles: list[Trouble] = []
    entries = signatures = 0
    with database.read() as connection:
        logs = connection.execute(select(Log.id, Log.name, Log.public_key).order_by(Log.id)).all()
        for log in logs:
            for trouble in _check_log(connection, log.id, log.name, bytes(log.public_key)):
                if len(troubles) < TROUBLES_MAX:
                    troubles.append(trouble)
            entries += _count(connection, "log_entry", log.id)
            signatures += _count(connection, "head_signature", log.id)
            progress(log.name, entries)
        troubles.extend(_check_central_lookups(connection, keys))
    return Verified(len(logs), entries, signatures, troubles)


def _check_log(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    if log_id(key) != name:
        yield Trouble(name, 0, "the key is not this log's")
    yield from _check_entries(connection, log, name, key)
    yield from _check_ranges(connection, log, name)
    yield from _check_signatures(connection, log, name, key)


def _check_entries(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    """Every entry must link to an entry held before it, to the log's key, or to the start of a range after a gap."""
    starts = {
        (row.first, bytes(row.previous))
        for row in connection.execute(
            select(LogRange.first, LogRange.previous).where(LogRange.log == log)
        )
    }
    before: set[bytes] = {bytes(genesis(key))}
    here: set[bytes] = set()
    at = 1
    for seq, entry_hash, body in _entries(connection, log):
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
            yield row.seq, bytes(row.hash), bytes(row.body)
        seq, slot = rows[-1].seq, rows[-1].slot


def _check_ranges(connection: Connection, log: int, name: str) -> Iterator[Trouble]:
    """What the server says it holds must be there: as many entries as the ranges count, ending in their heads."""
    ranges = connection.execute(select(LogRange).where(LogRange.log == log)).all()
    promised = sum(held.last - held.first + 1 for held in ranges)
    if promised != _count(connection, "log_entry", log):
        yield Trouble(name, 0, "entries are missing, or there are more than the ranges say")
    for held in ranges:
        stored = connection.scalars(
            select(LogEntry.hash).where(LogEntry.log == log, LogEntry.seq == held.last)
        )
        if bytes(held.head) not in {bytes(entry_hash) for entry_hash in stored}:
            yield Trouble(name, held.last, "the head of a range is not there")


def _check_signatures(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    rows = connection.execute(
        select(HeadSignature.seq, HeadSignature.hash, HeadSignature.signature)
        .where(HeadSignature.log == log)
        .order_by(HeadSignature.seq)
    )
    heads = {
        (row.last, bytes(row.head))
        for row in connection.execute(
            select(LogRange.last, LogRange.head).where(LogRange.log == log)
        )
    }
    for seq, entry_hash, signature in rows:
        heads.discard((seq, bytes(entry_hash)))
        said = statement.write("head", log=name, seq=seq, hash=bytes(entry_hash))
        if not statement.is_signed(key, said, bytes(signature)):
            yield Trouble(name, seq, "the signature of a head does not hold")
    for seq, _ in sorted(heads):
        yield Trouble(name, seq, "the head of a range has no signature")


def _check_central_lookups(connection: Connection, keys: Keys) -> Iterator[Trouble]:
    """Enrolments and revocations must each rest on their entry in the central log."""
    number = connection.scalar(select(Log.id).where(Log.name == keys.central_log))
    if number is None:
        return
    said = {h: understand(body) for _, h, body in _entries(connection, number)}
    for row in connection.execute(select(Enrolment)):
        entry = said.get(bytes(row.entry_hash))
        if not isinstance(entry, Enrol) or (entry.log, entry.site) != (row.log, row.site):
            yield Trouble(keys.central_log, 0, f"the enrolment of {row.log} rests on no entry")
    for gone in connection.execute(select(BadgeRevocation)):
        entry = said.get(bytes(gone.entry_hash))
        if not isinstance(entry, RevokeBadge) or entry.serial != gone.serial:
            yield Trouble(keys.central_log, 0, "a revocation rests on no entry")


def _count(connection: Connection, table: str, log: int) -> int:
    query = text(f"SELECT COUNT(*) FROM {table} WHERE log = :log")  # noqa: S608 # two names of our own
    return int(connection.execute(query, {"log": log}).scalar_one())
