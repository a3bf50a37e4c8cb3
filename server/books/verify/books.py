"""Verify closed periods: what is frozen is what the close says, and follows from exactly what it covers (RULES, 9)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from schemas.central_entry import ClosePeriod, Cover, Covered
from server.books import central_rows
from server.books.derive.settled import unpack_intervals
from server.books.periods.count_period import Counted, concerned_in, counted_now
from server.books.periods.cover import cover_digest
from server.books.periods.frozen_set import FrozenMinutes, FrozenSet, Key
from server.books.periods.months import iso_month
from server.books.verify.as_covered import NotCovered, as_covered
from server.books.verify.held import Trouble
from server.books.verify.verify import Progress
from server.central_order import order_of, ranks
from server.database import Database
from server.keys import Keys
from server.models.central_place import CentralPlace
from server.models.log import LogEntry
from server.models.period import FrozenPosting, FrozenRecord, PeriodClose
from sync.canonical import understand

Closing = tuple[ClosePeriod, int, int, int]
"""The entry of a close; log and seq where it stands; its place in central order."""


def verify_books(database: Database, keys: Keys, progress: Progress) -> list[Trouble]:
    """Check every close: its rows, its covered ranges, and that these give the same rows again."""
    found: list[Trouble] = []
    with database.read() as connection:
        for count, closing in enumerate(closings(connection), 1):
            entry = closing[0]
            name = f"{entry.site} {iso_month(entry.month)}"
            progress(f"close {name}", count)
            found += [
                Trouble(keys.central_log, closing[2], f"close of {name}: {what}")
                for what in _wrong(connection, closing, keys.identity_public)
            ]
    return found


def closings(connection: Connection) -> list[Closing]:
    """Give every close, in the order in which they were written."""
    rank = ranks(connection)
    rows = connection.execute(
        select(PeriodClose.body, CentralPlace.log, CentralPlace.seq)
        .join(CentralPlace, CentralPlace.hash == PeriodClose.hash)
        .order_by(CentralPlace.log, CentralPlace.seq)
    ).all()
    return [
        (central_rows.close_of(bytes(body)), log, seq, order_of(rank[log], seq))
        for body, log, seq in rows
    ]


def _wrong(connection: Connection, closing: Closing, server_key: bytes) -> Iterator[str]:
    entry, log, seq, order = closing
    frozen = read_frozen(connection, entry.site, entry.month)
    if frozen.digest() != entry.digest or len(frozen.postings) != entry.rows:
        yield "what is frozen is not what the close says"
        return
    ranges = covered_by(connection, log, seq)
    if cover_digest(ranges) != entry.cover or len(ranges) != entry.ranges:
        yield "what it covers is not what the close says"
        return
    try:
        with as_covered(connection, ranges, order, server_key) as then, then.read() as copy:
            again = _counted_again(connection, copy, entry, frozen, {name for name, *_ in ranges})
    except NotCovered as error:
        yield str(error)
        return
    if again.frozen.digest() != entry.digest:
        yield "what is frozen does not follow from what it covers"


def _counted_again(
    now: Connection, then: Connection, entry: ClosePeriod, frozen: FrozenSet, logs: set[str]
) -> Counted:
    """Count again those who are frozen, and whoever else the covered facts show all of."""
    people = {key.who for key, _ in frozen.postings}
    for who in set(concerned_in(then, entry.site, entry.month)) - people:
        if counted_now(now, entry.site, entry.month, [who]).logs <= logs:
            people.add(who)
    return counted_now(then, entry.site, entry.month, people)


def read_frozen(connection: Connection, site: str, month: int) -> FrozenSet:
    """Read what a close froze, as it was frozen."""
    rows = connection.execute(
        select(FrozenPosting).where(FrozenPosting.site == site, FrozenPosting.month == month)
    )
    postings = [
        (Key(r.who, bytes(r.record), r.day, r.verdict, r.cause, r.team, r.region), r.minutes)
        for r in rows
    ]
    held = connection.execute(
        select(FrozenRecord).where(FrozenRecord.site == site, FrozenRecord.month == month)
    )
    records = [
        FrozenMinutes(r.who, bytes(r.record), unpack_intervals(bytes(r.intervals))) for r in held
    ]
    return FrozenSet(tuple(sorted(postings)), tuple(sorted(records)))


def covered_by(connection: Connection, log: int, seq: int) -> Sequence[Covered]:
    """Give the ranges that the close at this place of a central log covers: those of the `cover` entries before it."""
    parts: list[tuple[Covered, ...]] = []
    at = seq - 1
    while at > 0:
        query = select(LogEntry.body).where(LogEntry.log == log, LogEntry.seq == at)
        body = connection.scalar(query)
        entry = understand(bytes(body)) if body is not None else None
        if not isinstance(entry, Cover):
            break
        parts.append(entry.ranges)
        at -= 1
    return [each for part in reversed(parts) for each in part]
