"""What entries whose times are known say: scans of people, and marks of their log. No database: other processes do it, too."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from schemas.entry import Attest, Entry, Frontier, Scan, Void, WalkIn
from server.books.derive import stored
from server.books.derive.revoked import stands as stands_at
from server.books.derive.said import SaidOf, about_row
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import Raw
from server.reconcile.facts import More, ScanFact
from server.reconcile.order import is_stated
from sync.canonical import Strange
from sync.clock import AnchorMark, Instant

LATE_MS = 1_000
"""A time later than the next anchor by less than this is not worth a word, whatever the policy."""

_RAW_MS = attrgetter("raw_ms")
_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""


class LogFacts(NamedTuple):
    """scans: of people. marks: rows of `derived.mark`. abouts: rows of `derived.said`: what leads stated about an entry.

    is_said: a void or walk-in was among the entries (`said`).
    """

    scans: list[ScanFact]
    marks: list[tuple[Any, ...]]
    abouts: list[SaidOf]
    is_said: bool


def facts_of(
    kiosk: KioskLog,
    rows: Sequence[Raw],
    entries: Sequence[Entry | Strange],
    instants: Sequence[Instant | None],
    *,
    branch: bytes = b"",
    stands: bool | None = None,
) -> LogFacts:
    """Give what entries of a log say. The hot path of deriving.

    stands: whether they do, where that was told from the branches; None: their seqs tell.
    """
    scans: list[ScanFact] = []
    add = scans.append
    name, steady = kiosk.name, len(kiosk.places) < 2
    place = kiosk.place_at(0)
    is_said = False
    is_cut = bool(kiosk.cuts) and stands is None
    marks: list[tuple[Any, ...]] = []
    abouts: list[SaidOf] = []
    for (seq, slot, entry_hash, _), entry, instant in zip(rows, entries, instants, strict=True):
        if type(entry) is Attest and instant is not None:
            add(_attested(kiosk, (seq, entry_hash, branch, stands), entry, instant))
            if entry.about:
                abouts.append(about_row(kiosk.number, seq, entry_hash, entry))
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
    return LogFacts(scans, marks, abouts, is_said)


def span_ms(instants: Sequence[Instant | None], first_ms: int | None = None) -> int:
    """Give how long a stretch is, from `first_ms` or its first time on. Times never run backwards."""
    if first_ms is None:
        first_ms = next((i.at_ms for i in instants if i), 0)
    return next((i.at_ms for i in reversed(instants) if i), first_ms) - first_ms


def _attested(
    kiosk: KioskLog, row: tuple[int, bytes, bytes, bool | None], entry: Attest, instant: Instant
) -> ScanFact:
    """Give an end that a lead states, at the time and so at the place stated. It has no uncertainty of a clock."""
    seq, entry_hash, branch, stands = row
    at_ms = entry.at_ms
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
