"""Derive one log: corrected times of what is new (and of what a new anchor moves), people's scans and the log's marks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from schemas.entry import Attest, Entry, Frontier, Scan, Void, WalkIn
from server import bulk
from server.books import stored
from server.books.anchor_index import AnchorIndex, Around
from server.books.derive_fork import Seen, time_branches
from server.books.revoked import stands as stands_at
from server.books.said import keep_said, said_among
from server.books.stored import KioskLog
from server.books.timeline import Fork, Raw, read_entries, time_entries, windows
from server.models.derived import Mark
from server.reconcile.facts import More, ScanFact
from server.reconcile.order import is_stated
from sync.canonical import Strange
from sync.clock import AnchorMark, Instant
from sync.heads import Range, is_forked

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""


LATE_MS = 1_000
"""A time later than the next anchor by less than this is not worth a word, whatever the policy."""

_ANY_VOID = "SELECT 1 FROM derived.mark WHERE log = ? AND kind = 'void' LIMIT 1"

_RAW_MS = attrgetter("raw_ms")

Found = tuple[list[Raw], list[Entry | Strange]]
"""Entries as stored, and as understood."""


@dataclass(slots=True)
class LogDeriver:
    """Derives the entries of one log within one transaction.

    forks: where its branches part, once derived. codes: whether a code of nobody was among what was derived. touched: people
    whom a void or walk-in among it concerns. span_ms: how long the longest stretch was that was looked at in one piece: no
    silence (C4) that came or went is longer.
    """

    connection: Connection
    kiosk: KioskLog
    anchors: AnchorIndex
    forks: list[Fork] = field(default_factory=list)
    codes: bool = False
    touched: set[str] = field(default_factory=set)
    span_ms: int = 0
    voids: bool | None = None

    def derive(
        self, ranges: Sequence[Range], fresh: Sequence[tuple[int, int]], reach: int
    ) -> Iterator[list[ScanFact]]:
        """Derive the seqs `fresh` of a log that holds `ranges`, and what they move: give people's scans, window by window.

        reach: the highest seq derived before; nothing behind it can be moved.
        """
        last_held = max((held.last for held in ranges), default=0)
        if is_forked(ranges):
            yield self._derive_forked(last_held)
            return
        for first, last in fresh:
            self.anchors.keep(first, last)
        wide: list[tuple[int, int]] = []
        for first, last in sorted(fresh):
            around = self.anchors.around(first, last)
            found = self._unmoving(first, last, around)
            if found is not None:
                instants = time_entries(*found, around.marks)
                self._measure(instants, around.before)
                yield self._keep(*found, instants)
                continue
            _widen(wide, around, last_held if reach > last else last)
        for first, last in wide:
            yield from self._windows(first, last)

    def _unmoving(self, first: int, last: int, around: Around) -> Found | None:
        """Read entries that move no others, because they follow an anchor of their own boot and hold none; else None."""
        if around.before is None or around.within or around.after is not None:
            return None
        rows, entries = read_entries(self.connection, self.kiosk.number, first, last)
        boots = {entry.boot for entry in entries if not isinstance(entry, Strange)}
        return (rows, entries) if boots <= {around.before.boot} else None

    def _windows(self, first: int, last: int) -> Iterator[list[ScanFact]]:
        around = self.anchors.around(first, last)
        for start, stop in windows(first, last, [mark.seq for mark in around.within]):
            found = read_entries(self.connection, self.kiosk.number, start, stop)
            instants = time_entries(*found, around.marks)
            self._measure(instants)
            yield mark_late(self._keep(*found, instants), around.marks)

    def _measure(
        self, instants: Sequence[Instant | None], before: AnchorMark | None = None
    ) -> None:
        """Measure a stretch, from the anchor before it if that is not within. Times never run backwards."""
        first = before.server_ms if before else next((i.at_ms for i in instants if i), 0)
        last = next((i.at_ms for i in reversed(instants) if i), first)
        self.span_ms = max(self.span_ms, last - first)

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
        """Give scans of people, and write marks, of entries whose times are known. The hot path of deriving.

        stands: whether they do, where that was told from the branches; None: their seqs tell.
        """
        scans: list[ScanFact] = []
        kiosk, add = self.kiosk, scans.append
        name, steady = kiosk.name, len(kiosk.places) < 2
        place = kiosk.place_at(0)
        is_said = False
        is_cut = bool(kiosk.cuts) and stands is None
        marks: list[tuple[Any, ...]] = []
        for (seq, slot, entry_hash, _), entry, instant in zip(rows, entries, instants, strict=True):
            if type(entry) is Attest and instant is not None:
                scans.append(self._attested((seq, entry_hash, branch, stands), entry, instant))
                continue
            if type(entry) is not Scan or not entry.who or instant is None:
                is_said = is_said or type(entry) is Void or type(entry) is WalkIn
                marks.extend(_mark_rows(kiosk.number, seq, slot, entry_hash, entry, instant))
                continue
            if not steady:
                place = kiosk.place_at(instant.at_ms)
            is_apart = stands is False or (is_cut and not stands_at(kiosk.cuts, seq, entry_hash))
            fact = (
                name, seq, entry_hash, branch != b"", place.site if place else "",
                entry.post or (place.post if place else ""), *instant, entry.mono_ms + entry.lead_ms,
                entry.direction, entry.chosen == 1, entry.how, entry.state, entry.who, entry.serial,
                entry.expires_s, "A5" if is_apart or place is None else "", branch,
                More(by=entry.by) if entry.by else None,
            )  # fmt: skip
            add(_new(ScanFact, fact))
        self.codes = self.codes or any(kind == "code" for _, kind, *_ in marks)
        bulk.upsert(self.connection, Mark, marks)
        if is_said or self._has_voids():
            said = said_among(rows, entries, instants)
            reach = (rows[0][0], rows[-1][0])
            self.touched |= keep_said(self.connection, kiosk, said, *reach)
        return scans

    def _has_voids(self) -> bool:
        """Tell whether a void of this log is known, which may name an entry that comes only now."""
        if self.voids is None:
            found = bulk.fetch(self.connection, _ANY_VOID, (self.kiosk.number,))
            self.voids = bool(found)
        return self.voids

    def _attested(
        self, row: tuple[int, bytes, bytes, bool | None], entry: Attest, instant: Instant
    ) -> ScanFact:
        """Give an end that a lead states, at the time and so at the place stated. It has no uncertainty of a clock."""
        seq, entry_hash, branch, stands = row
        kiosk, at_ms = self.kiosk, entry.at_ms
        place = kiosk.place_at(at_ms)
        if stands is None:
            stands = not kiosk.cuts or stands_at(kiosk.cuts, seq, entry_hash)
        more = More(
            by=entry.by,
            stated=True,
            written_ms=instant.at_ms,
            about=entry.about,
            reason=bool(entry.reason.strip()),
        )
        return ScanFact(
            kiosk.name, seq, entry_hash, branch != b"", place.site if place else "",
            entry.post or (place.post if place else ""), at_ms, 0, 0, 0, at_ms, at_ms,
            entry.direction, True, entry.how, "", entry.who, 0, 0, "" if stands and place else "A5", branch, more,
        )  # fmt: skip


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
        return [(log, "strange", seq, slot, 0, stored.pack((str(entry.code), entry.detail)))]
    if instant is None:
        return []
    if isinstance(entry, Scan):
        fact = stored.pack((entry_hash, instant.at_ms, entry.state))
        return [(log, "code", seq, slot, instant.at_ms, fact)]
    if isinstance(entry, Frontier):
        until_ms = instant.at_ms - instant.within_ms
        return [(log, "frontier", seq, slot, until_ms, b"")]
    return []


def mark_late(scans: list[ScanFact], marks: Sequence[AnchorMark]) -> list[ScanFact]:
    """Say of scans whose own time is later than the next anchor of their log by how much (C3). Hardly ever there is one.

    scans: in the order of their log, so that each stretch between two anchors is looked at as one.
    """
    first = scans[0].seq if scans else 0
    anchors = sorted((mark.seq, mark.server_ms) for mark in marks if mark.seq > first)
    if not scans or not anchors:
        return scans
    if max(map(_RAW_MS, scans)) <= min(server_ms for _, server_ms in anchors) + LATE_MS:
        return scans
    seqs, found = [scan.seq for scan in scans], list[ScanFact]()
    for seq, server_ms in anchors:
        before = scans[len(found) : bisect_left(seqs, seq)]
        if before and max(map(_RAW_MS, before)) > server_ms + LATE_MS:
            before = [_marked_late(scan, server_ms) for scan in before]
        found += before
    return found + scans[len(found) :]


def _marked_late(scan: ScanFact, anchor_ms: int) -> ScanFact:
    if scan.raw_ms <= anchor_ms + LATE_MS or is_stated(scan):
        return scan
    return scan._replace(more=(scan.more or More())._replace(late_ms=scan.raw_ms - anchor_ms))


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
