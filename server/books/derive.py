"""Keep what facts mean current: whatever changed since the last time is derived, at a cost that depends on the change.

What changed is told by state, not by events: a log whose version differs from the one derived, and people queued because
reference data changed. Running it twice, or stopping it anywhere, does no harm; one process at a time does it.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select

from server import bulk
from server.books.completeness import frontier_of, gap_days, gap_facts
from server.books.derive_kiosk import derive_kiosk
from server.books.derive_log import LogDeriver, anchor_checker
from server.books.derive_people import derive_people, everyone
from server.books.queue import EVERYONE
from server.books.stored import KioskLog, Place, pack
from server.database import Database
from server.intake.ingest import read_ranges
from server.models.derived import LogState, PersonDone
from server.models.log import Enrolment, Log, LogRange, PersonQueue
from server.reconcile.facts import ScanFact

SETTLE_MS = 60_000
"""How long the background waits for the rest of a kiosk's backlog before it derives a part of it."""

LOGS_AT_A_TIME = 200
PEOPLE_AT_A_TIME = 50_000
SCANS_AT_A_TIME = 100_000

_unpack_pairs = msgspec.msgpack.Decoder(list[tuple[int, int]]).decode


@dataclass(frozen=True, slots=True)
class Drained:
    """What deriving did."""

    logs: int
    people: int


def drain(database: Database, server_key: bytes, *, unless_at: int | None = None) -> Drained:
    """Derive all that was accepted. `unless_at`: the time now, to leave out logs whose kiosk is still sending."""
    logs = people = 0
    with database.exclusive("derive"), _collector_resting():
        while True:
            done = _derive_some(database, server_key, unless_at)
            logs += done.logs
            people += done.people
            if not done.logs and not done.people:
                return Drained(logs, people)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Rest the cyclic garbage collector: deriving makes millions of tuples and no cycles, and walking them costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def is_behind(connection: Connection) -> bool:
    """Tell whether anything accepted is not derived yet."""
    return bool(_changed_logs(connection, None)) or bool(_queued(connection)[0])


def kiosk_logs(connection: Connection) -> dict[int, KioskLog]:
    """Give every kiosk's log with its places, by number."""
    places: dict[str, list[Place]] = {}
    for log, from_ms, to_ms, site, post in connection.execute(
        select(
            Enrolment.log, Enrolment.from_ms, Enrolment.to_ms, Enrolment.site, Enrolment.post
        ).order_by(Enrolment.log, Enrolment.from_ms)
    ):
        places.setdefault(log, []).append(Place(from_ms, to_ms, site, post))
    rows = connection.execute(select(Log.id, Log.name).where(Log.kind == "kiosk"))
    return {number: KioskLog(number, name, tuple(places.get(name, ()))) for number, name in rows}


def _derive_some(database: Database, server_key: bytes, unless_at: int | None) -> Drained:
    """Derive some logs and people in one transaction."""
    with database.write_derived() as connection:
        changed = _changed_logs(connection, unless_at)[:LOGS_AT_A_TIME]
        queued, reach = _queued(connection)
        if not changed and not queued:
            return Drained(0, 0)
        logs = kiosk_logs(connection)
        count = scans = people = 0
        for count, row in enumerate(changed, 1):  # noqa: B007 # the count is what was done
            for window in derive_one_log(connection, logs[row.id], row.version, server_key):
                people += derive_people(connection, window, (), logs)
                scans += len(window)
            if scans > SCANS_AT_A_TIME:
                break
        again = everyone(connection) if EVERYONE in queued else sorted(queued)
        people += derive_people(connection, (), again, logs)
        if queued:
            bulk.upsert(connection, PersonDone, [(1, reach)])
        return Drained(count, people)


def _changed_logs(connection: Connection, unless_at: int | None) -> Sequence[Row[int, str, int]]:
    """Give the logs whose version is not the derived one; a kiosk that is still sending is left for later."""
    query = (
        select(Log.id, Log.name, Log.version)
        .outerjoin(LogState, LogState.log == Log.id)
        .where(Log.kind == "kiosk", Log.version > 0)
        .where(func.coalesce(LogState.version, 0) != Log.version)
        .order_by(Log.id)
    )
    if unless_at is not None:
        query = query.where((Log.contact_ms < unless_at - SETTLE_MS) | _all_here())
    return connection.execute(query).all()


def _all_here() -> ColumnElement[bool]:
    """The condition that everything its kiosk announced is held."""
    reach = (
        select(func.coalesce(func.max(LogRange.last), 0))
        .where(LogRange.log == Log.id)
        .scalar_subquery()
    )
    return Log.announced <= reach


def _queued(connection: Connection) -> tuple[set[str], int]:
    done = connection.scalar(select(PersonDone.queue).where(PersonDone.id == 1)) or 0
    rows = connection.execute(
        select(PersonQueue.id, PersonQueue.who)
        .where(PersonQueue.id > done)
        .order_by(PersonQueue.id)
        .limit(PEOPLE_AT_A_TIME)
    ).all()
    return {who for _, who in rows}, max((number for number, _ in rows), default=done)


def newest_queued(connection: Connection) -> int:
    """Give the number of the newest person in the queue: a rebuild has derived them all."""
    return connection.scalar(select(func.max(PersonQueue.id))) or 0


def derive_one_log(
    connection: Connection, kiosk: KioskLog, version: int, server_key: bytes
) -> Iterator[list[ScanFact]]:
    """Derive what is new in one log: give the scans that are new, moved, or now belong elsewhere, window by window."""
    ranges = read_ranges(connection, kiosk.number)
    held = [(r.first, r.last) for r in ranges]
    enrolled = sha256(pack(kiosk.places)).digest()
    state = connection.execute(select(LogState).where(LogState.log == kiosk.number)).one_or_none()
    fresh = held
    if state is not None and state.enrolled == enrolled:
        fresh = _minus(held, _unpack_pairs(state.ranges))
    deriver = LogDeriver(connection, kiosk, anchor_checker(server_key))
    yield from deriver.derive(ranges, fresh)
    gaps = gap_facts(connection, kiosk, ranges)
    derive_kiosk(connection, kiosk, gaps, deriver.forks)
    values = (
        kiosk.number,
        version,
        pack(held),
        enrolled,
        frontier_of(connection, kiosk.number),
        pack([gap_days(gap) for gap in gaps]),
    )
    bulk.upsert(connection, LogState, [values])


def _minus(
    held: Sequence[tuple[int, int]], derived: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Give the seqs of `held` that are not in `derived`, as (first, last)."""
    fresh = list(held)
    for first, last in derived:
        rest = []
        for a, b in fresh:
            if b < first or a > last:
                rest.append((a, b))
                continue
            if a < first:
                rest.append((a, first - 1))
            if b > last:
                rest.append((last + 1, b))
        fresh = rest
    return fresh
