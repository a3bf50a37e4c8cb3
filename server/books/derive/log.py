"""Derive one log: corrected times of what is new (and of what a new anchor moves), people's scans and the log's marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from schemas.entry import Entry
from server import bulk
from server.books.derive.ahead import NOTHING, WindowNews
from server.books.derive.anchor_index import AnchorIndex, Around
from server.books.derive.crew import Hands
from server.books.derive.crew_words import Understood, Window
from server.books.derive.fork import Seen, time_branches
from server.books.derive.handed import Handed, Meanwhile, nothing_else
from server.books.derive.log_facts import facts_of, mark_late, span_ms
from server.books.derive.said import SaidOf, keep_said, said_among
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import Fork, Raw, entries_of, read_raw, time_entries, windows
from server.models.derived import Mark, SaidRow
from server.reconcile.facts import ScanFact
from sync.canonical import Strange
from sync.clock import AnchorMark, Instant
from sync.heads import Range, is_forked

_ANY_VOID = "SELECT 1 FROM derived.mark WHERE log = ? AND kind = 'void' LIMIT 1"

Found = tuple[list[Raw], list[Entry | Strange]]
"""Entries as stored, and as understood."""


@dataclass(slots=True)
class LogDeriver:
    """Derives the entries of one log within one transaction.

    forks: where its branches part, once derived. codes: whether a code of nobody was among what was derived. touched: people
    whom a void or walk-in among it concerns. span_ms: how long the longest stretch was that was looked at in one piece: no
    silence (C4) that came or went is longer. hands: others who may look at windows; where they put scans into buckets
    (a rebuild's), those are not given here.
    """

    connection: Connection
    kiosk: KioskLog
    anchors: AnchorIndex
    hands: Hands | None = None
    forks: list[Fork] = field(default_factory=list)
    codes: bool = False
    touched: set[str] = field(default_factory=set)
    span_ms: int = 0
    _voids: bool | None = None
    _forked_last: int = 0
    _unmoving: list[tuple[Found, Around]] = field(default_factory=list)
    _handed: Handed = field(init=False)

    def begin(
        self,
        ranges: Sequence[Range],
        fresh: Sequence[tuple[int, int]],
        before: Sequence[tuple[int, int]],
        reach: int,
    ) -> None:
        """Find out what deriving the seqs `fresh` of a log that holds `ranges` takes; others may begin with it.

        before: seqs derived before, wherever the log belonged. reach: the highest of those that still stand; nothing behind it
        can be moved.
        """
        self._handed = Handed(self.hands)
        last_held = max((held.last for held in ranges), default=0)
        if is_forked(ranges):
            self._forked_last = last_held
            return
        for first, last in fresh:
            self.anchors.keep(first, last)
        wide: list[tuple[int, int]] = []
        for first, last in sorted(fresh):
            around = self.anchors.around(first, last)
            found = self._read_unmoving(first, last, around)
            if found is not None:
                self._unmoving.append((found, around))
            else:
                _widen(wide, around, last_held if reach > last else last)
        for first, last in wide:
            self._hand_out(ranges, before, first, last)

    def derive(self, meanwhile: Meanwhile = nothing_else) -> Iterator[WindowNews]:
        """Derive it, and what it moves: give what it says of people, window by window. meanwhile: as `Handed.take`."""
        if self._forked_last:
            yield WindowNews([], self._derive_forked(self._forked_last))
        for found, around in self._unmoving:
            instants = time_entries(*found, around.marks)
            self._measure(instants, around.before)
            yield WindowNews([], self._keep(*found, instants))
        for window, done in self._handed.take(meanwhile):
            yield self._window(window) if done is None else self._take(window, done)

    def _read_unmoving(self, first: int, last: int, around: Around) -> Found | None:
        """Read entries that move no others, because they follow an anchor of their own boot and hold none; else None."""
        if around.before is None or around.within or around.after is not None:
            return None
        rows = read_raw(self.connection, self.kiosk.number, first, last)
        entries = entries_of(rows)
        boots = {entry.boot for entry in entries if not isinstance(entry, Strange)}
        return (rows, entries) if boots <= {around.before.boot} else None

    def _hand_out(
        self, ranges: Sequence[Range], before: Sequence[tuple[int, int]], first: int, last: int
    ) -> None:
        """Hand out a stretch in windows, each with the anchors within it and at its ends, which alone decide its times."""
        anchors = self.anchors.around(first, last).within
        for start, stop in windows(first, last, [mark.seq for mark in anchors]):
            marks = [mark for mark in anchors if start <= mark.seq <= stop]
            known = [(a, b) for a, b in before if a <= stop and b >= start]
            held = _held(ranges, start, stop)
            self._handed.give(Window(self.kiosk, marks, start, stop, held, known))

    def _window(self, window: Window) -> WindowNews:
        rows = read_raw(self.connection, self.kiosk.number, window.first, window.last)
        entries = entries_of(rows)
        instants = time_entries(rows, entries, window.marks)
        self._measure(instants)
        return WindowNews([], mark_late(self._keep(rows, entries, instants), window.marks))

    def _take(self, window: Window, found: Understood) -> WindowNews:
        """Take over what another process found in a window."""
        self._keep_rows(found.marks, found.abouts)
        self.span_ms = max(self.span_ms, found.span_ms)
        if self._has_voids():
            reach = (window.first, window.last)
            self.touched |= keep_said(self.connection, self.kiosk, (), *reach)
        return NOTHING if self.hands is None else self.hands.take_back(found)

    def _measure(
        self, instants: Sequence[Instant | None], before: AnchorMark | None = None
    ) -> None:
        """Measure a stretch, from the anchor before it if that is not within."""
        self.span_ms = max(self.span_ms, span_ms(instants, before.server_ms if before else None))

    def _derive_forked(self, last: int) -> list[ScanFact]:
        """Read the whole log: forks are rare, and every branch needs its own time line."""
        self.anchors.keep(1, last)
        seen, self.forks = time_branches(self.connection, self.anchors, last)
        return [scan for one in seen for scan in self._keep_seen(one)]

    def _keep_seen(self, seen: Seen) -> list[ScanFact]:
        seq, slot, entry_hash, entry = seen.row
        return self._keep(
            [(seq, slot, entry_hash, b"")],
            [entry],
            [seen.instant],
            branch=seen.branch,
            stands=seen.stands,
        )

    def _keep(
        self,
        rows: Sequence[Raw],
        entries: Sequence[Entry | Strange],
        instants: Sequence[Instant | None],
        *,
        branch: bytes = b"",
        stands: bool | None = None,
    ) -> list[ScanFact]:
        """Give scans of people, and write marks, of entries whose times are known."""
        found = facts_of(self.kiosk, rows, entries, instants, branch=branch, stands=stands)
        self._keep_rows(found.marks, found.abouts)
        if found.is_said or self._has_voids():
            said = said_among(rows, entries, instants)
            reach = (rows[0][0], rows[-1][0])
            self.touched |= keep_said(self.connection, self.kiosk, said, *reach)
        return found.scans

    def _keep_rows(self, marks: Sequence[tuple[Any, ...]], abouts: Sequence[SaidOf]) -> None:
        self.codes = self.codes or any(kind == "code" for _, kind, *_ in marks)
        bulk.upsert(self.connection, Mark, marks)
        bulk.upsert(self.connection, SaidRow, abouts)

    def _has_voids(self) -> bool:
        """Tell whether a void of this log is known, which may name an entry that comes only now."""
        if self._voids is None:
            found = bulk.fetch(self.connection, _ANY_VOID, (self.kiosk.number,))
            self._voids = bool(found)
        return self._voids


def _held(ranges: Sequence[Range], first: int, last: int) -> int:
    """Count the entries of an unforked log at these seqs."""
    return sum(max(0, min(last, r.last) - max(first, r.first) + 1) for r in ranges)


def _widen(wide: list[tuple[int, int]], around: Around, without_anchor: int) -> None:
    """Widen fresh seqs to the anchors on either side, as far as they can move what lies there; unite with those before.

    without_anchor: where to stop if none comes after.
    """
    start = around.before.seq if around.before else 1
    stop = around.after.seq if around.after else without_anchor
    if wide and start <= wide[-1][1]:
        wide[-1] = (wide[-1][0], max(stop, wide[-1][1]))
    else:
        wide.append((start, stop))
