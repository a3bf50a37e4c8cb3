"""Verify one log: every link of its chain, every range that is said to be held, every signed head."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from server import epochs
from server.books.verify.held import Trouble, count_rows, entries, entries_at, octets
from server.keys import Keys
from server.models.log import HeadSignature, LogRange
from sync import statement
from sync.chain import link
from sync.ids import genesis, log_id

Seen = Callable[[int], None]
"""Is told how many entries of a log were looked at."""


def check_log(connection: Connection, row: Row[Any], keys: Keys, seen: Seen) -> Iterator[Trouble]:
    """Check the key of a log, each link of its chain, what the server says it holds of it, and each signed head."""
    log, name, key = row.id, row.name, octets(row.public_key)
    if log_id(key) != name:
        yield Trouble(name, 0, "the key is not this log's")
    if row.kind != ("central" if name in epochs.own_logs(connection, keys) else "kiosk"):
        yield Trouble(name, 0, "this log passes for one of another kind")
    yield from _check_entries(connection, log, name, key, seen)
    yield from _check_ranges(connection, log, name, key)
    yield from _check_signatures(connection, log, name, key)


def _check_entries(
    connection: Connection, log: int, name: str, key: bytes, seen: Seen
) -> Iterator[Trouble]:
    """Every entry must link to an entry held before it, to the log's key, or to the start of a range after a gap."""
    starts = {
        (row.first, octets(row.previous))
        for row in connection.execute(
            select(LogRange.first, LogRange.previous).where(LogRange.log == log)
        )
    }
    before: set[bytes] = {bytes(genesis(key))}
    here: set[bytes] = set()
    at = 1
    for count, (seq, entry_hash, body) in enumerate(entries(connection, log), 1):
        seen(count)
        if seq != at:
            before, here, at = (here if seq == at + 1 else set()), set(), seq
        allowed = before | {previous for first, previous in starts if first == seq}
        if not any(link(previous, body) == entry_hash for previous in allowed):
            yield Trouble(name, seq, "the entry does not match its hash, or its hash the chain")
        here.add(entry_hash)


def _check_ranges(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    """What the server says it holds must be there: as many entries as the ranges count, between their ends."""
    ranges = connection.execute(select(LogRange).where(LogRange.log == log)).all()
    promised = sum(held.last - held.first + 1 for held in ranges)
    if promised != count_rows(connection, "log_entry", log):
        yield Trouble(name, 0, "entries are missing, or there are more than the ranges say")
    for held in ranges:
        head, previous = octets(held.head), octets(held.previous)
        if head not in {entry_hash for entry_hash, _ in entries_at(connection, log, held.last)}:
            yield Trouble(name, held.last, "the head of a range is not there")
        follows = [h == link(previous, body) for h, body in entries_at(connection, log, held.first)]
        if not any(follows) or (held.first == 1 and previous != genesis(key)):
            yield Trouble(name, held.first, "a range does not follow what it says")


def _check_signatures(connection: Connection, log: int, name: str, key: bytes) -> Iterator[Trouble]:
    rows = connection.execute(
        select(HeadSignature.seq, HeadSignature.hash, HeadSignature.signature)
        .where(HeadSignature.log == log)
        .order_by(HeadSignature.seq)
    )
    heads = {
        (row.last, octets(row.head))
        for row in connection.execute(
            select(LogRange.last, LogRange.head).where(LogRange.log == log)
        )
    }
    for seq, entry_hash, signature in rows:
        heads.discard((seq, octets(entry_hash)))
        said = statement.write("head", log=name, seq=seq, hash=octets(entry_hash))
        if not statement.is_signed(key, said, octets(signature)):
            yield Trouble(name, seq, "the signature of a head does not hold")
    for seq, _ in sorted(heads):
        yield Trouble(name, seq, "the head of a range has no signature")
