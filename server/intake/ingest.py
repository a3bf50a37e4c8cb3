"""Take in a batch: one transaction, keyed (log, seq) with the hash compared; the same batch again changes nothing (A1).

Gaps are accepted; what conflicts is kept beside what was there (A2). A batch that proves nothing is set aside whole, raw.
Entries are not looked into here, but for keys that leads announce (`lead_keys.py`): hashes and signature are enough to keep
them, and what they mean is derived behind the log.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, func, select

from schemas.limits import (
    ENTRIES_UNKNOWN_MAX,
    LOGS_UNKNOWN_MAX,
    RANGES_MAX,
    SET_ASIDE_MAX,
)
from schemas.vocabulary import Code
from server import bulk, epochs
from server.database import Database
from server.intake.claims import read_claim
from server.intake.lead_keys import keep_announced
from server.models.log import (
    Enrolment,
    HeadSignature,
    Log,
    LogEntry,
    LogRange,
    SetAside,
    SetAsideMark,
)
from sync.batch import Batch
from sync.errors import Refused
from sync.heads import Plan, Range, lay, overlaps
from sync.ids import EntryHash


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch brought: the number of entries that were new. epoch: in which it was taken in."""

    fresh: int
    epoch: str


def take(
    database: Database, batch: Batch, turn: AbstractContextManager[object] | None = None
) -> Taken:
    """Keep a checked batch. Raise `Refused(quota | branch_limit)` beyond a bound; then nothing has changed.

    turn: held while rows are written, and given on before the commit, whose waiting for the disk needs no processor.
    """
    with database.write_facts() as connection, turn or nullcontext():
        epoch = epochs.name_now(connection)
        fresh = keep(connection, _log_row(connection, batch), batch)
        return Taken(sum(stop - start for start, stop in fresh), epoch)


def keep(
    connection: Connection, log: int, batch: Batch, *, is_ours: bool = False
) -> tuple[tuple[int, int], ...]:
    """Keep a checked batch of this log in the caller's transaction; give the slices of it that are new.

    is_ours: it is of a log of the centre's own, which no quota binds. Raise `Refused(quota | branch_limit)`.
    """
    ranges = read_ranges(connection, log, lock=True)
    held: Collection[EntryHash] = ()
    crowded = overlaps(ranges, batch.first, batch.last)
    if crowded:
        held = _stored_hashes(connection, log, batch.first, batch.last)
    plan = lay(ranges, first=batch.first, previous=batch.previous, hashes=batch.hashes, held=held)
    if not plan.fresh:
        return ()
    if not is_ours:
        _check_bounds(connection, batch, ranges, plan)
    for start, stop in plan.fresh:
        _store(connection, log, batch, start, stop, crowded=crowded)
        keep_announced(connection, batch.log, batch.first + start, batch.bodies[start:stop])
    signature = (log, batch.last, batch.head, batch.signature)
    bulk.insert_missing(connection, HeadSignature, [signature])
    _replace_ranges(connection, log, ranges, plan.ranges)
    bulk.execute(connection, _CHANGED, (log,))
    return plan.fresh


def set_aside(database: Database, raw: bytes, refusal: Refused, now_ms: int) -> None:
    """Keep a batch that could not be accepted, raw and with the reason (I3); the same one once.

    Raise `Refused(try_later)` when too many are waiting for a person: the sender keeps it.
    """
    digest = sha256(raw).digest()
    with database.write_facts() as connection:
        if connection.scalar(select(SetAside.id).where(SetAside.digest == digest)) is not None:
            return
        waiting = select(func.count()).where(SetAsideMark.seen_ms == 0)
        if (connection.scalar(waiting) or 0) >= SET_ASIDE_MAX:
            raise Refused(Code.TRY_LATER, "too many batches set aside")
        row = (digest, now_ms, str(refusal.code), refusal.detail[:200], raw)
        bulk.insert_missing(connection, SetAside, [row])
        claim = read_claim(raw)
        mark = (digest, claim.log if claim else "", len(raw), 0, "", "")
        bulk.insert_missing(connection, SetAsideMark, [mark])


def read_ranges(connection: Connection, log: int, *, lock: bool = False) -> list[Range]:
    """Give the ranges held of a log; `lock` holds other writers of this log until the transaction ends."""
    if lock and connection.dialect.name != "sqlite":  # there one writer holds all
        connection.execute(select(Log.id).where(Log.id == log).with_for_update())
    rows = bulk.fetch(connection, _RANGES, (log,))
    ranges = [Range(first, last, EntryHash(p), EntryHash(h)) for first, last, p, h in rows]
    return sorted(ranges, key=lambda r: (r.first, r.last, r.head))


_LOG = "SELECT id FROM log WHERE name = ?"
_CHANGED = "UPDATE log SET version = version + 1 WHERE id = ?"
_ENROLLED = "SELECT 1 FROM enrolment WHERE log = ? LIMIT 1"
_RANGE_GONE = "DELETE FROM log_range WHERE log = ? AND head = ?"
_RANGES = "SELECT first, last, previous, head FROM log_range WHERE log = ?"


def is_enrolled(connection: Connection, name: str) -> bool:
    """Tell whether a log was ever enrolled."""
    return bool(bulk.fetch(connection, _ENROLLED, (name,)))


def _log_row(connection: Connection, batch: Batch) -> int:
    """Find the log of a batch, or begin to keep it: a log needs nobody's permission to exist."""
    found = held_log(connection, batch.log)
    return open_log(connection, batch.log, batch.key) if found is None else found


def held_log(connection: Connection, name: str) -> int | None:
    """Give the number of a log that we have heard of."""
    found = bulk.fetch(connection, _LOG, (name,))
    return int(found[0][0]) if found else None


def open_log(connection: Connection, name: str, public_key: bytes) -> int:
    """Begin to keep a log. Raise `Refused(quota)` when too many logs are kept that nobody enrolled."""
    if not is_enrolled(connection, name):
        strangers = connection.scalar(
            select(func.count())
            .select_from(Log)
            .where(Log.kind == "kiosk", Log.name.not_in(select(Enrolment.log)))
        )
        if (strangers or 0) >= LOGS_UNKNOWN_MAX:
            raise Refused(Code.QUOTA, "too many logs that nobody enrolled")
    # Another web process may do the same at this moment: then its row is ours, too.
    bulk.insert_missing(connection, Log, [(name, public_key, "kiosk", 0, 0, 0, "")])
    return connection.execute(select(Log.id).where(Log.name == name)).scalar_one()


def _stored_hashes(connection: Connection, log: int, first: int, last: int) -> set[EntryHash]:
    rows = connection.scalars(
        select(LogEntry.hash).where(LogEntry.log == log, LogEntry.seq.between(first, last))
    )
    return {EntryHash(entry_hash) for entry_hash in rows}


def _check_bounds(
    connection: Connection, batch: Batch, ranges: Sequence[Range], plan: Plan
) -> None:
    if len(plan.ranges) > max(RANGES_MAX, len(ranges)):
        raise Refused(Code.BRANCH_LIMIT, f"over {RANGES_MAX} branches or gaps")
    entries = sum(held.last - held.first + 1 for held in plan.ranges)
    if entries > ENTRIES_UNKNOWN_MAX and not is_enrolled(connection, batch.log):
        raise Refused(Code.QUOTA, "too many entries of a log that nobody enrolled")


def _store(
    connection: Connection, log: int, batch: Batch, start: int, stop: int, *, crowded: bool
) -> None:
    """Insert a slice of the batch: slot 0 where the seq is free, the next one where a branch has it already."""
    slots: dict[int, int] = {}
    seq = batch.first + start
    if crowded:
        taken = connection.execute(
            select(LogEntry.seq, func.max(LogEntry.slot))
            .where(LogEntry.log == log, LogEntry.seq.between(seq, batch.first + stop - 1))
            .group_by(LogEntry.seq)
        )
        slots = {at: slot + 1 for at, slot in taken}
    rows = [
        (log, at, slots.get(at, 0), bulk.blob(entry_hash), bulk.blob(body))
        for at, (entry_hash, body) in enumerate(
            zip(batch.hashes[start:stop], batch.bodies[start:stop], strict=True), seq
        )
    ]
    bulk.insert(connection, LogEntry, rows)


def _replace_ranges(
    connection: Connection, log: int, before: Sequence[Range], after: Sequence[Range]
) -> None:
    gone = set(before) - set(after)
    for held in sorted(gone, key=lambda r: r.head):
        bulk.execute(connection, _RANGE_GONE, (log, held.head))
    rows = [(log, r.head, r.first, r.last, r.previous) for r in after if r not in before]
    bulk.insert(connection, LogRange, rows)
