"""Keep what facts mean current: whatever changed since the last time is derived, at a cost that depends on the change.

What changed is told by state, not by events: a log whose version differs from the one derived, and people queued because
reference data changed. Running it twice, or stopping it anywhere, does no harm; one process at a time does it.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, and_, false, func, select

from server import bulk
from server.books.derive.anchor_index import AnchorIndex, anchor_checker
from server.books.derive.completeness import gap_facts
from server.books.derive.crew import Hands
from server.books.derive.fork import partings_of
from server.books.derive.groups import regroup, regroup_all
from server.books.derive.in_hand import InHand
from server.books.derive.kiosk import derive_kiosk
from server.books.derive.kiosk_logs import kiosk_logs
from server.books.derive.known import Logs
from server.books.derive.log_work import LogWork
from server.books.derive.people import derive_people, everyone
from server.books.derive.queue import EVERYONE
from server.books.derive.silence import silences
from server.books.derive.stored import KioskLog
from server.database import Database
from server.intake.ingest import read_ranges
from server.models.derived import LogState, PersonDone
from server.models.log import Log, LogRange, PersonQueue

SETTLE_MS = 60_000
"""How long the background waits for the rest of a kiosk's backlog before it derives a part of it."""

PEOPLE_AT_A_TIME = 50_000
ENTRIES_AT_A_TIME = 100_000
"""New entries after which a transaction takes no further log."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What deriving did."""

    logs: int
    people: int


def drain(
    database: Database,
    server_key: bytes,
    *,
    settled_at: int | None = None,
    hands: Hands | None = None,
) -> Drained:
    """Derive all that was accepted. hands: who helps.

    settled_at: the time now, to leave what a kiosk still sends until its next anchor.
    """
    logs = people = 0
    with database.exclusive("derive"), collector_resting():
        while done := _derive_some(database, server_key, settled_at, hands):
            logs += done.logs
            people += done.people
    return Drained(logs, people)


@contextmanager
def collector_resting() -> Iterator[None]:
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


def backlog(connection: Connection) -> tuple[int, int]:
    """Give how many logs, and how many people, wait to be derived."""
    return len(_changed_logs(connection, None)), len(_queued(connection)[0])


def derive_waiting(connection: Connection, server_key: bytes) -> None:
    """Derive all that was accepted, within the caller's transaction."""
    while _derive_in(connection, server_key, None):
        pass


def _derive_some(
    database: Database, server_key: bytes, settled_at: int | None, hands: Hands | None
) -> Drained | None:
    """Derive some logs and people in one transaction; None if there was nothing to do."""
    with database.write_derived() as connection:
        return _derive_in(connection, server_key, settled_at, hands)


def _derive_in(
    connection: Connection, server_key: bytes, settled_at: int | None, hands: Hands | None = None
) -> Drained | None:
    queued, reach = _queued(connection)
    changed = _changed_logs(connection, settled_at)
    if not queued and not changed:
        return None
    logs = kiosk_logs(connection)
    in_hand = InHand(connection, logs)
    works = _begun(connection, changed, logs, server_key, hands)
    for work in works:
        for window in work.derive(in_hand.derive_meanwhile):
            in_hand.add(window, work.known_before(window.scans))
        in_hand.touched |= work.touched
    again = everyone(connection) if EVERYONE in queued else sorted(queued)
    people = in_hand.derive(again)
    grouped = regroup(connection, in_hand.moved, logs)
    if EVERYONE in queued:
        grouped += regroup_all(connection, logs)
        _judge_kiosks(connection, logs.values(), server_key)
    people += derive_people(connection, (), sorted(set(grouped)), logs)
    if queued:
        bulk.upsert(connection, PersonDone, [(1, reach)])
    return Drained(len(works), people) if works or queued else None


def _begun(
    connection: Connection,
    changed: Sequence[Row[int, int, bool]],
    logs: Logs,
    server_key: bytes,
    hands: Hands | None,
) -> list[LogWork]:
    """Begin with as many logs as one transaction takes: other processes look at the last while we derive the first."""
    works: list[LogWork] = []
    entries = 0
    for row in changed:
        work = LogWork(connection, logs[row.id], row.version, sending=bool(row.sending))
        if not work.fresh and row.sending:
            continue
        work.begin(server_key, hands)
        works.append(work)
        entries += sum(last - first + 1 for first, last in work.fresh)
        if entries > ENTRIES_AT_A_TIME:
            break
    return works


def _judge_kiosks(connection: Connection, logs: Iterable[KioskLog], server_key: bytes) -> None:
    """Say anew what there is to be said about each kiosk itself: policies may have changed."""
    for kiosk in logs:
        ranges = read_ranges(connection, kiosk.number)
        anchors = AnchorIndex(connection, kiosk, anchor_checker(server_key))
        partings = partings_of(connection, kiosk.number, ranges)
        gaps = gap_facts(connection, kiosk, ranges)
        derive_kiosk(connection, kiosk, gaps, partings, silences(connection, anchors, ranges))


def _changed_logs(connection: Connection, settled_at: int | None) -> Sequence[Row[int, int, bool]]:
    """Give the logs whose version is not the derived one, and whether their kiosk is still sending."""
    sending: ColumnElement[bool] = false()
    if settled_at is not None:
        sending = and_(Log.contact_ms >= settled_at - SETTLE_MS, Log.announced > _reach())
    return connection.execute(
        select(Log.id, Log.version, sending.label("sending"))
        .outerjoin(LogState, LogState.log == Log.id)
        .where(Log.kind == "kiosk", Log.version > 0)
        .where(func.coalesce(LogState.version, 0) != Log.version)
        .order_by(Log.id)
    ).all()


def _reach() -> ScalarSelect[int]:
    """The highest seq held of a log."""
    highest = select(func.coalesce(func.max(LogRange.last), 0))
    return highest.where(LogRange.log == Log.id).scalar_subquery()


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
