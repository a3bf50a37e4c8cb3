"""Keep what facts mean current: whatever changed since the last time is derived, at a cost that depends on the change.

What changed is told by state, not by events: a log whose version differs from the one derived, and people queued because
reference data changed. Running it twice, or stopping it anywhere, does no harm; one process at a time does it.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, and_, false, func, select

from server import bulk
from server.books.anchor_index import AnchorIndex, anchor_checker
from server.books.completeness import frontier_of, gap_days, gap_facts
from server.books.crew import Crew
from server.books.derive_fork import partings_of
from server.books.derive_kiosk import derive_kiosk
from server.books.derive_log import LogDeriver
from server.books.derive_people import Moved, derive_people, everyone
from server.books.groups import regroup, regroup_all
from server.books.kiosk_logs import kiosk_logs
from server.books.queue import EVERYONE
from server.books.silence import least_silence_ms, silences
from server.books.stored import KioskLog, pack
from server.books.timeline import last_anchor
from server.database import Database
from server.intake.ingest import read_ranges
from server.models.derived import LogState, PersonDone
from server.models.log import Log, LogRange, PersonQueue
from server.reconcile.facts import ScanFact

SETTLE_MS = 60_000
"""How long the background waits for the rest of a kiosk's backlog before it derives a part of it."""

PEOPLE_AT_A_TIME = 50_000
SCANS_AT_A_TIME = 100_000
SCANS_IN_HAND = 20_000
"""New scans that wait for people to be derived: so few that most are still in the cache when they are looked at again."""

_NOTED = "SELECT 1 FROM derived.finding WHERE about = ? AND rule IN ('A3', 'C4') LIMIT 1"
_SEQ = attrgetter("seq")
_unpack_pairs = msgspec.msgpack.Decoder(list[tuple[int, int]]).decode


@dataclass(frozen=True, slots=True)
class Drained:
    """What deriving did."""

    logs: int
    people: int


def drain(database: Database, server_key: bytes, *, settled_at: int | None = None) -> Drained:
    """Derive all that was accepted. `settled_at`: the time now, to leave what a kiosk still sends until its next anchor."""
    logs = people = 0
    with database.exclusive("derive"), _collector_resting():
        while done := _derive_some(database, server_key, settled_at):
            logs += done.logs
            people += done.people
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


def backlog(connection: Connection) -> tuple[int, int]:
    """Give how many logs, and how many people, wait to be derived."""
    return len(_changed_logs(connection, None)), len(_queued(connection)[0])


def derive_waiting(connection: Connection, server_key: bytes) -> None:
    """Derive all that was accepted, within the caller's transaction."""
    while _derive_in(connection, server_key, None):
        pass


def _derive_some(database: Database, server_key: bytes, settled_at: int | None) -> Drained | None:
    """Derive some logs and people in one transaction; None if there was nothing to do."""
    with database.write_derived() as connection:
        return _derive_in(connection, server_key, settled_at)


def _derive_in(connection: Connection, server_key: bytes, settled_at: int | None) -> Drained | None:
    queued, reach = _queued(connection)
    changed = _changed_logs(connection, settled_at)
    if not queued and not changed:
        return None
    logs = kiosk_logs(connection)
    waiting = _Waiting(connection, logs)
    count = 0
    for row in changed:
        work = LogWork(connection, logs[row.id], row.version, sending=bool(row.sending))
        if not work.fresh and row.sending:
            continue
        for window in work.derive(server_key):
            waiting.add(window, work.known_before(window))
        waiting.touched |= work.touched
        count += 1
        if waiting.seen > SCANS_AT_A_TIME:
            break
    again = everyone(connection) if EVERYONE in queued else sorted(queued)
    people = waiting.derive(again)
    grouped = regroup(connection, waiting.moved, logs)
    if EVERYONE in queued:
        grouped += regroup_all(connection, logs)
        _judge_kiosks(connection, logs.values(), server_key)
    people += derive_people(connection, (), sorted(set(grouped)), logs)
    if queued:
        bulk.upsert(connection, PersonDone, [(1, reach)])
    return Drained(count, people) if count or queued else None


def _judge_kiosks(connection: Connection, logs: Iterable[KioskLog], server_key: bytes) -> None:
    """Say anew what there is to be said about each kiosk itself: policies may have changed."""
    for kiosk in logs:
        ranges = read_ranges(connection, kiosk.number)
        anchors = AnchorIndex(connection, kiosk, anchor_checker(server_key))
        partings = partings_of(connection, kiosk.number, ranges)
        gaps = gap_facts(connection, kiosk, ranges)
        derive_kiosk(connection, kiosk, gaps, partings, silences(connection, anchors, ranges))


@dataclass(slots=True)
class _Waiting:
    """New or moved scans of several logs, whose people are derived together: once, however many kiosks they went to.

    whole: people of whom everything is to be read, because scans of theirs may have stood at another time. touched: those whom
    something else concerns. moved: where records changed. seen: scans so far; people: derived.
    """

    connection: Connection
    logs: dict[int, KioskLog]
    scans: list[ScanFact] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    moved: Moved = field(default_factory=lambda: Moved(list))
    seen: int = 0
    people: int = 0

    def add(self, window: list[ScanFact], known_before: set[str]) -> None:
        """Wait for more, but not for more than fits into memory."""
        self.scans += window
        self.whole |= known_before
        self.seen += len(window)
        if len(self.scans) > SCANS_IN_HAND:
            self._derive_scans()

    def derive(self, again: Iterable[str]) -> int:
        """Derive whoever waits, and these people again; give how many that were."""
        self._derive_scans()
        for people in (sorted(self.touched), again):
            self.people += derive_people(self.connection, (), people, self.logs, self.moved)
        return self.people

    def _derive_scans(self) -> None:
        if self.scans:
            self.people += derive_people(
                self.connection, self.scans, (), self.logs, self.moved, whole=self.whole
            )
            self.scans, self.whole = [], set()


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


class LogWork:
    """What is to be derived of one log, within one transaction.

    fresh: the seqs that are new, or all where the log now belongs elsewhere or was revoked. Of a kiosk that is still
    sending only those up to the last anchor held: what follows would be derived again when its anchor comes. touched: people
    whom a void or walk-in among it concerns, once derived.
    """

    def __init__(
        self, connection: Connection, kiosk: KioskLog, version: int, *, sending: bool = False
    ) -> None:
        """Find out what is to be done."""
        self._connection = connection
        self._kiosk = kiosk
        self._ranges = read_ranges(connection, kiosk.number)
        self._enrolled = sha256(b"".join(map(pack, (kiosk.places, *kiosk.cuts)))).digest()
        self._before: list[tuple[int, int]] = []
        self._derived, known, self._troubled = self._state()
        self.fresh = _minus([(r.first, r.last) for r in self._ranges], known)
        self.touched: set[str] = set()
        self._version = version
        if sending:
            self._version = -1  # it stays behind, and is looked at again
            last = max(
                (last_anchor(connection, kiosk.number, *part) for part in self.fresh), default=0
            )
            self.fresh = [(first, min(stop, last)) for first, stop in self.fresh if first <= last]

    def _state(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]], bool]:
        """Give the seqs derived so far, those of them that still stand, and whether the log had gaps or silences or is new.

        None stand where the log now belongs elsewhere.
        """
        query = select(LogState).where(LogState.log == self._kiosk.number)
        state = self._connection.execute(query).one_or_none()
        if state is not None:
            self._before = _unpack_pairs(bytes(state.ranges))
        if state is None or bytes(state.enrolled) != self._enrolled:
            return [], [], True
        derived = _unpack_pairs(bytes(state.ranges))
        return derived, derived, self._is_noted()

    def _is_noted(self) -> bool:
        """Tell whether a gap or a silence of this log was noted, which news may end."""
        return bool(bulk.fetch(self._connection, _NOTED, (self._kiosk.name,)))

    def known_before(self, window: Sequence[ScanFact]) -> set[str]:
        """Give the people of whose scans among these some were derived before, perhaps at another time or elsewhere."""
        if not window or not self._before:
            return set()
        first, last = min(map(_SEQ, window)), max(map(_SEQ, window))
        old = [(a, b) for a, b in self._before if a <= last and b >= first]
        return {s.who for s in window if any(a <= s.seq <= b for a, b in old)} if old else set()

    def derive(self, server_key: bytes, crew: Crew | None = None) -> Iterator[list[ScanFact]]:
        """Give the scans that are new, moved, or now belong elsewhere, window by window; then write down how far it came.

        crew: who may put aside what is then not given.
        """
        connection, kiosk = self._connection, self._kiosk
        anchors = AnchorIndex(connection, kiosk, anchor_checker(server_key))
        deriver = LogDeriver(connection, kiosk, anchors, crew=crew)
        reach = max((last for _, last in self._derived), default=0)
        yield from deriver.derive(self._ranges, self.fresh, reach)
        self.touched = deriver.touched
        gaps = gap_facts(connection, kiosk, self._ranges)
        is_noteworthy = gaps or self._troubled or deriver.forks or deriver.codes
        if is_noteworthy or deriver.span_ms > least_silence_ms(connection):
            # else nothing about it can have changed
            found = silences(connection, anchors, self._ranges)
            derive_kiosk(connection, kiosk, gaps, deriver.forks, found)
        values = (
            kiosk.number,
            self._version,
            pack(_united([*self._derived, *self.fresh])),
            self._enrolled,
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


def _united(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the same seqs as few (first, last) as possible, in order."""
    united: list[tuple[int, int]] = []
    for first, last in sorted(parts):
        if united and first <= united[-1][1] + 1:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united
