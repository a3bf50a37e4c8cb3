"""Derive one log: corrected times of what is new (and of what a new anchor moves), people's scans and the log's marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from schemas.entry import Entry, Frontier, Scan
from server import bulk
from server.books import stored
from server.books.anchor_index import AnchorIndex, Around
from server.books.derive_fork import Seen, time_branches
from server.books.revoked import stands as stands_at
from server.books.stored import KioskLog
from server.books.timeline import Fork, Raw, read_entries, time_entries, windows
from server.models.derived import Mark
from server.reconcile.facts import ScanFact
from sync.canonical import Strange
from sync.clock import Instant
from sync.heads import Range, is_forked

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""


Found = tuple[list[Raw], list[Entry | Strange]]
"""Entries as stored, and as understood."""


@dataclass(slots=True)
class LogDeriver:
    """Derives the entries of one log within one transaction.

    forks: where its branches part, once derived. codes: whether a code of nobody was among what was derived.
    """

    connection: Connection
    kiosk: KioskLog
    anchors: AnchorIndex
    forks: list[Fork] = field(default_factory=list)
    codes: bool = False

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
                yield self._keep(*found, time_entries(*found, around.marks))
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
            yield self._keep(*found, time_entries(*found, around.marks))

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
        is_cut = bool(kiosk.cuts) and stands is None
        marks: list[tuple[Any, ...]] = []
        for (seq, slot, entry_hash, _), entry, instant in zip(rows, entries, instants, strict=True):
            if type(entry) is not Scan or not entry.who or instant is None:
                marks.extend(_mark_rows(kiosk.number, seq, slot, entry_hash, entry, instant))
                continue
            if not steady:
                place = kiosk.place_at(instant.at_ms)
            is_apart = stands is False or (is_cut and not stands_at(kiosk.cuts, seq, entry_hash))
            fact = (
                name, seq, entry_hash, branch != b"", place.site if place else "",
                entry.post or (place.post if place else ""), *instant, entry.mono_ms + entry.lead_ms,
                entry.direction, entry.chosen == 1, entry.how, entry.state, entry.who, entry.serial,
                entry.expires_s, "A5" if is_apart or place is None else "", branch, None,
            )  # fmt: skip
            add(_new(ScanFact, fact))
        self.codes = self.codes or any(kind == "code" for _, kind, *_ in marks)
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
