"""What is to be derived of one log: its new entries and what they move, what is to be said of its kiosk, how far it has come."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, select

from server import bulk
from server.books.derive.ahead import WindowNews
from server.books.derive.anchor_index import AnchorIndex, anchor_checker
from server.books.derive.completeness import frontier_of, gap_days, gap_facts
from server.books.derive.crew import Hands
from server.books.derive.handed import Meanwhile, nothing_else
from server.books.derive.kiosk import derive_kiosk
from server.books.derive.log import LogDeriver
from server.books.derive.silence import least_silence_ms, silences
from server.books.derive.stored import KioskLog, pack
from server.books.derive.timeline import last_anchor
from server.intake.ingest import read_ranges
from server.models.derived import LogState
from server.reconcile.facts import ScanFact

_NOTED = "SELECT 1 FROM derived.finding WHERE about = ? AND rule IN ('A3', 'C4') LIMIT 1"
_SEQ = attrgetter("seq")
_unpack_pairs = msgspec.msgpack.Decoder(list[tuple[int, int]]).decode


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

    def begin(self, server_key: bytes, hands: Hands | None = None) -> None:
        """Find out what deriving takes, and hand out what others can do meanwhile."""
        anchors = AnchorIndex(self._connection, self._kiosk, anchor_checker(server_key))
        self._deriver = LogDeriver(self._connection, self._kiosk, anchors, hands)
        reach = max((last for _, last in self._derived), default=0)
        self._deriver.begin(self._ranges, self.fresh, self._before, reach)

    def derive(self, meanwhile: Meanwhile = nothing_else) -> Iterator[WindowNews]:
        """Give the scans that are new, moved, or now belong elsewhere, window by window; then write down how far it came.

        Of some, records made of them are given instead. Those that a rebuild's crew has put into buckets are not given.
        meanwhile: what else is to be done, while others are at work.
        """
        connection, kiosk, deriver = self._connection, self._kiosk, self._deriver
        yield from deriver.derive(meanwhile)
        self.touched = deriver.touched
        gaps = gap_facts(connection, kiosk, self._ranges)
        is_noteworthy = gaps or self._troubled or deriver.forks or deriver.codes
        if is_noteworthy or deriver.span_ms > least_silence_ms(connection):
            # else nothing about it can have changed
            found = silences(connection, deriver.anchors, self._ranges)
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
