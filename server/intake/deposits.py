"""Deposits: what the centre's own logs say, sealed to itself and left with every kiosk, to come back after a restore (I6).

All of it is deposited, whatever the kind: a batch is a run without holes. A kiosk cannot read it (I9). Only the newest are kept
there, within a bound: what is older is in every backup.
"""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection, func, select

from schemas.limits import (
    DEPOSIT_CUT_BYTES,
    DEPOSIT_ENTRIES_MAX,
    DEPOSITS_BYTES_MAX,
    DEPOSITS_ROWS_MAX,
)
from server import bulk, epochs
from server.intake.feed_truth import Fresh
from server.models.feed import DepositHead, FeedRow
from server.models.log import Log, LogEntry
from server.signing import Signer
from sync import batch, parcel, seal, view_rows
from sync.ids import EntryHash, genesis

SEAL_INFO = b"redvest-deposit-1"
_pack = msgspec.msgpack.encode


def make_deposits(connection: Connection, signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Deposit what the present central log has beyond the last deposit; give the rows that come, then those that must go."""
    life = epochs.hold(connection)
    key = epochs.central_key(signer.keys, life)
    row = connection.execute(
        select(DepositHead.seq, DepositHead.hash).where(DepositHead.log == life.central)
    ).one_or_none()
    seq, head = (row.seq, row.hash) if row else (0, genesis(key.public_key().public_bytes_raw()))
    rows: list[Fresh] = []
    for first, last, last_hash, bodies in _runs(connection, life.central, seq):
        wire = batch.pack(key, first=first, previous=bytes(head), bodies=bodies)
        sealed = seal.seal(signer.keys.seal_public, wire, SEAL_INFO)
        signed = signer.sign(
            "deposit",
            epoch=life.name,
            log=life.central,
            first=first,
            last=last,
            hash=last_hash,
            digest=parcel.digest(sealed),
            server_ms=signer.clock.wall_ms(),
        )
        word = (signed["statement"], bytes.fromhex(signed["signature"]), sealed)
        rows.append(deposit_row(life.central, first, last_hash, word))
        head, seq = last_hash, last
    if rows:
        bulk.upsert(connection, DepositHead, [(life.central, seq, head)])
    return [*rows, *_crowded_out(connection, rows)]


def deposit_row(log: str, first: int, last_hash: bytes, word: tuple[str, bytes, bytes]) -> Fresh:
    """Give the feed's row of a deposit: statement, signature and sealed batch."""
    key = f"{log}/{first:016d}/{last_hash.hex()[:16]}"
    return parcel.CENTRAL, view_rows.DEPOSIT, key, _pack(list(word)), 0


def open_deposit(signer: Signer, word: parcel.Deposit) -> batch.Batch:
    """Give the batch in a deposit. Raise `Refused(malformed | unknown_log)`, or as `sync.batch.unpack` does."""
    wire = seal.unseal(signer.keys.seal.private_bytes_raw(), word.sealed, SEAL_INFO)
    return batch.unpack(wire)


def _runs(
    connection: Connection, log: str, seq: int
) -> Iterator[tuple[int, int, EntryHash, list[bytes]]]:
    """Give the entries of a central log behind this seq in runs, each within the bounds of a deposit."""
    number = connection.scalar(select(Log.id).where(Log.name == log))
    while True:
        rows = connection.execute(
            select(LogEntry.seq, LogEntry.hash, LogEntry.body)
            .where(LogEntry.log == number, LogEntry.seq > seq, LogEntry.slot == 0)
            .order_by(LogEntry.seq)
            .limit(DEPOSIT_ENTRIES_MAX)
        ).all()
        if not rows:
            return
        size = count = 0
        while count < len(rows) and (size := size + len(rows[count].body)) <= DEPOSIT_CUT_BYTES:
            count += 1
        run = rows[:count]
        seq = run[-1].seq
        yield run[0].seq, seq, EntryHash(bytes(run[-1].hash)), [bytes(row.body) for row in run]


def _crowded_out(connection: Connection, fresh: list[Fresh]) -> Iterator[Fresh]:
    """Give the oldest deposits, as gone, where there are too many beside these."""
    here = (FeedRow.kind == view_rows.DEPOSIT) & (FeedRow.gone == 0)
    size = func.length(FeedRow.value)
    total, count = connection.execute(select(func.sum(size), func.count()).where(here)).one()
    left = int(total or 0) + sum(len(row[3]) for row in fresh) - DEPOSITS_BYTES_MAX
    many = int(count) + len(fresh) - DEPOSITS_ROWS_MAX
    if left <= 0 and many <= 0:
        return
    query = select(FeedRow.key, size).where(here).order_by(FeedRow.number)
    for key, length in connection.execute(query).all():
        if left <= 0 and many <= 0:
            return
        left, many = left - int(length), many - 1
        yield parcel.CENTRAL, view_rows.DEPOSIT, key, b"", 1
