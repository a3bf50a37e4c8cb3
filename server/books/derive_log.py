"""Derive one log: corrected times of what is new (and of what a new anchor moves), into the index by person and the marks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from schemas.entry import Anchor, Entry, Frontier, Scan
from server import bulk
from server.books import stored
from server.books.stored import KioskLog
from server.books.timeline import (
    Fork,
    Row,
    branches,
    read_anchor_rows,
    read_rows,
    time_rows,
    windows,
)
from server.models.derived import Mark
from server.models.log import LogEntry
from server.reconcile.facts import ScanFact
from sync import session, statement
from sync.canonical import Strange
from sync.clock import AnchorMark, Instant, anchor_mark
from sync.heads import Range, is_forked
from sync.ids import LogId

IsAnchor = Callable[[Anchor, LogId], bool]


_new = tuple.__new__


def anchor_checker(server_key: bytes) -> IsAnchor:
    """Make the check that an anchor's time was signed by this server for this log."""

    def is_anchor(anchor: Anchor, log: LogId) -> bool:
        return anchor.after_ms >= anchor.before_ms and statement.is_signed(
            server_key, session.anchor_text(anchor, log), anchor.signature
        )

    return is_anchor


@dataclass(slots=True)
class LogDeriver:
    """Derives the entries of one log within one transaction. forks: where its branches part, once derived."""

    connection: Connection
    kiosk: KioskLog
    is_anchor: IsAnchor
    forks: list[Fork] = field(default_factory=list)

    @property
    def log(self) -> int:
        """The log's number."""
        return self.kiosk.number

    def derive(
        self, ranges: Sequence[Range], fresh: Sequence[tuple[int, int]], reach: int
    ) -> Iterator[list[ScanFact]]:
        """Derive the seqs `fresh` of a log that holds `ranges`, and what they move: give people's scans, window by window.

        reach: the highest seq derived before; nothing behind it can be moved.
        """
        if is_forked(ranges):
            yield self._derive_forked(max(held.last for held in ranges))
            return
        last_held = max((held.last for held in ranges), default=0)
        for first, last in fresh:
            self._keep_anchors(first, last)
        for first, last in _widened(self._anchor_seqs(), fresh, (reach, last_held), self._moves):
            for start, stop in windows(first, last, self._anchor_seqs_between(first, last)):
                rows = read_rows(self.connection, self.log, start, stop)
                yield self._keep(rows, time_rows(rows, self._marks_around(start, stop)))

    def _derive_forked(self, last: int) -> list[ScanFact]:
        """Read the whole log: forks are rare, and every branch needs its own time line."""
        self._keep_anchors(1, last)
        rows = read_rows(self.connection, self.log, 1, last)
        paths, self.forks = branches(rows, self._bodies(last))
        forked_from = min((fork.seq for fork in self.forks), default=last + 1)
        best: dict[bytes, _Seen] = {}
        for path in paths:
            branch = next((row.hash for row in path if row.seq >= forked_from), b"")
            own = {row.hash for row in path}
            marks = [m for h, m in self._marks_by_hash(rows).items() if h in own]
            for row, instant in zip(path, time_rows(path, marks), strict=True):
                seen = _Seen(row, instant, branch if row.seq >= forked_from else b"")
                best[row.hash] = _surer(best.get(row.hash), seen)
        scans: list[ScanFact] = []
        for seen in sorted(best.values(), key=lambda s: (s.row.seq, s.row.hash)):
            scans += self._keep([seen.row], [seen.instant], branch=seen.branch)
        return scans

    def _bodies(self, last: int) -> dict[bytes, bytes]:
        held = self.connection.execute(
            select(LogEntry.hash, LogEntry.body).where(
                LogEntry.log == self.log, LogEntry.seq <= last
            )
        )
        return {bytes(entry_hash): bytes(body) for entry_hash, body in held}

    def _keep_anchors(self, first: int, last: int) -> None:
        """Check the anchors among these entries, and index those whose signature holds."""
        rows = []
        for row in read_anchor_rows(self.connection, self.log, first, last):
            if isinstance(row.entry, Anchor) and self.is_anchor(row.entry, LogId(self.kiosk.name)):
                mark = _mark(row)
                fact = stored.pack((mark.boot, mark.mid_ms, mark.server_ms, mark.half_ms))
                rows.append((self.log, "anchor", row.seq, row.slot, fact))
        bulk.upsert(self.connection, Mark, rows)

    def _moves(self, first: int, last: int) -> bool:
        """Tell whether these entries can move others: not if they follow an anchor of their own boot and hold none."""
        if any(first <= seq <= last for seq in self._anchor_seqs_between(first, last)):
            return True
        before = self._anchor_before(first)
        if before is None or self._anchor_after(last) is not None:
            return True
        boots = {
            row.entry.boot
            for row in read_rows(self.connection, self.log, first, last)
            if not isinstance(row.entry, Strange)
        }
        return boots != {before.boot}

    def _anchor_seqs(self) -> list[int]:
        where = (Mark.log == self.log, Mark.kind == "anchor")
        return list(self.connection.scalars(select(Mark.seq).where(*where).order_by(Mark.seq)))

    def _anchor_seqs_between(self, first: int, last: int) -> list[int]:
        return [seq for seq in self._anchor_seqs() if first <= seq <= last]

    def _anchor_before(self, seq: int) -> AnchorMark | None:
        return self._one_anchor(select(func.max(Mark.seq)).where(Mark.seq < seq))

    def _anchor_after(self, seq: int) -> AnchorMark | None:
        return self._one_anchor(select(func.min(Mark.seq)).where(Mark.seq > seq))

    def _one_anchor(self, query: Any) -> AnchorMark | None:
        seq = self.connection.scalar(query.where(Mark.log == self.log, Mark.kind == "anchor"))
        found = [] if seq is None else self._marks_around(seq, seq)
        return next((mark for mark in found if mark.seq == seq), None)

    def _marks_around(self, first: int, last: int) -> list[AnchorMark]:
        """Give the anchors from `first` to `last`, and the one before."""
        before = (
            select(func.max(Mark.seq))
            .where(Mark.log == self.log, Mark.kind == "anchor", Mark.seq < first)
            .scalar_subquery()
        )
        rows = self.connection.execute(
            select(Mark.seq, Mark.fact)
            .where(Mark.log == self.log, Mark.kind == "anchor", Mark.seq <= last)
            .where(Mark.seq >= func.coalesce(before, first))
        )
        return [_as_mark(seq, fact) for seq, fact in rows]

    def _marks_by_hash(self, rows: Sequence[Row]) -> dict[bytes, AnchorMark]:
        held = self.connection.execute(
            select(Mark.seq, Mark.slot, Mark.fact).where(
                Mark.log == self.log, Mark.kind == "anchor"
            )
        )
        facts = {(seq, slot): fact for seq, slot, fact in held}
        return {
            row.hash: _as_mark(row.seq, facts[row.seq, row.slot])
            for row in rows
            if (row.seq, row.slot) in facts
        }

    def _keep(
        self,
        rows: Sequence[Row],
        instants: Sequence[Instant | None],
        *,
        branch: bytes = b"",
    ) -> list[ScanFact]:
        """Give scans of people, and write marks, of entries whose times are known. The hot path of deriving."""
        scans: list[ScanFact] = []
        kiosk, add = self.kiosk, scans.append
        name, steady = kiosk.name, len(kiosk.places) < 2
        place = kiosk.place_at(0)
        marks: list[tuple[Any, ...]] = []
        for (seq, slot, entry_hash, entry), instant in zip(rows, instants, strict=True):
            if type(entry) is not Scan or not entry.who or instant is None:
                marks.extend(_mark_rows(kiosk.number, seq, slot, entry_hash, entry, instant))
                continue
            if not steady:
                place = kiosk.place_at(instant.at_ms)
            fact = (
                name, seq, entry_hash, branch != b"", place.site if place else "",
                entry.post or (place.post if place else ""), *instant, entry.mono_ms + entry.lead_ms,
                entry.direction, entry.chosen == 1, entry.how, entry.state, entry.who, entry.serial,
                entry.expires_s, "" if place else "A5", branch,
            )  # fmt: skip
            add(_new(ScanFact, fact))
        bulk.upsert(self.connection, Mark, marks)
        return scans


def _mark_rows(
    log: int,
    seq: int,
    slot: int,
    entry_hash: bytes,
    entry: Entry | Strange,
    instant: Instant | None,
) -> list[tuple[Any, ...]]:
    """Give the mark of an entry that says something about its log, not about a person."""
    if isinstance(entry, Strange):
        return [(log, "strange", seq, slot, stored.pack((str(entry.code), entry.detail)))]
    if instant is None:
        return []
    if isinstance(entry, Scan):
        return [(log, "code", seq, slot, stored.pack((entry_hash, instant.at_ms, entry.state)))]
    if isinstance(entry, Frontier):
        until_ms = instant.at_ms - instant.within_ms
        return [(log, "frontier", seq, slot, stored.pack((until_ms,)))]
    return []


def _widened(
    anchors: Sequence[int],
    fresh: Sequence[tuple[int, int]],
    reaches: tuple[int, int],
    moves: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """Widen fresh seqs to the anchors around them, where they can move what lies there; united, in order.

    reaches: the highest seq derived before, and the highest held.
    """
    wide: list[tuple[int, int]] = []
    for first, last in sorted(fresh):
        start, stop = first, last
        if moves(first, last):
            start = max((seq for seq in anchors if seq < first), default=1)
            if reaches[0] > last:
                stop = min((seq for seq in anchors if seq > last), default=reaches[1])
        if wide and start <= wide[-1][1]:
            wide[-1] = (wide[-1][0], max(stop, wide[-1][1]))
        else:
            wide.append((start, stop))
    return wide


@dataclass(frozen=True, slots=True)
class _Seen:
    """An entry with its time, as seen from one branch."""

    row: Row
    instant: Instant | None
    branch: bytes


def _surer(one: _Seen | None, other: _Seen) -> _Seen:
    """Of two times of one entry, seen from two branches, take the surer; as sure, the earlier."""
    if one is None or one.instant is None or other.instant is None:
        return other if one is None else one
    return min(one, other, key=_rank)


def _rank(seen: _Seen) -> tuple[int, int, bytes]:
    if seen.instant is None:
        raise TypeError("only timed entries are compared")
    return seen.instant.within_ms, seen.instant.at_ms, seen.branch


def _mark(row: Row) -> AnchorMark:
    anchor = row.entry
    if not isinstance(anchor, Anchor):
        raise TypeError("not an anchor")
    return anchor_mark(
        row.seq,
        boot=anchor.boot,
        server_ms=anchor.server_ms,
        before_ms=anchor.before_ms,
        after_ms=anchor.after_ms,
    )


def _as_mark(seq: int, fact: bytes) -> AnchorMark:
    kept = stored.unpack_anchor(fact)
    return AnchorMark(seq, kept.boot, kept.mid_ms, kept.server_ms, kept.half_ms)
