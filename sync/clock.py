"""Corrected time and its uncertainty, from anchors in the log itself (RULES, "How it is computed", 1; I7).

Inside a boot with an anchor, time is the nearest anchor's plus the distance on the monotonic clock; it is uncertain by half
the anchor's round trip and 100 ppm of the distance. The nearest is one of the two around the entry in its log, so that an
anchor to come never changes what lies before the last one. A boot without an anchor keeps its wall clock, shifted as a whole as
little as needed to fit between its anchored neighbours; it is uncertain by the room that is left. Within one branch time
never runs backwards: anchored values stand, of two others the later is raised.

All in integer milliseconds; no clock is read here.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

UNBOUNDED_MS = 2**53
"""The uncertainty of a boot that nothing bounds on one side: more than any threshold."""

_PPM = 100
_NO_END = 2**63
_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""


class Clocked(Protocol):
    """Whatever carries the clocks of an entry."""

    @property
    def boot(self) -> bytes:
        """The boot."""
        ...

    @property
    def mono_ms(self) -> int:
        """The monotonic clock."""
        ...

    @property
    def wall_ms(self) -> int:
        """The wall clock."""
        ...


class Stamp(NamedTuple):
    """The clocks of one entry of a branch."""

    seq: int
    boot: bytes
    mono_ms: int
    wall_ms: int


@dataclass(frozen=True, slots=True)
class AnchorMark:
    """A contact with the server: at monotonic time `mid_ms` of this boot the server's time was `server_ms` ± `half_ms`."""

    seq: int
    boot: bytes
    mid_ms: int
    server_ms: int
    half_ms: int


class Instant(NamedTuple):
    """A corrected time: `at_ms` ± `within_ms`.

    base, common_ms: what the error stems from (an anchor: its seq; a boot without one: its first seq, negative) and how
    much of `within_ms` all instants with that base share. raw_ms: before time was made not to run backwards (C3).
    """

    at_ms: int
    within_ms: int
    base: int
    common_ms: int
    raw_ms: int


def anchor_mark(
    seq: int, *, boot: bytes, server_ms: int, before_ms: int, after_ms: int
) -> AnchorMark:
    """Make the mark of an anchor entry: the middle of its round trip, and half of it, rounded up."""
    return AnchorMark(
        seq, boot, (before_ms + after_ms) // 2, server_ms, (after_ms - before_ms + 1) // 2
    )


def correct(stamps: Sequence[Stamp], anchors: Sequence[AnchorMark]) -> list[Instant]:
    """Give the corrected time of each entry of a branch, in log order.

    A part of a branch gives the same values as the whole, if it begins at an anchor entry (or the log's first entry) and
    ends at one (or the log's last).
    """
    by_boot = _by_boot(anchors)
    timed = _all_anchored(((stamp.seq, stamp) for stamp in stamps), by_boot)
    if timed is not None:
        return timed
    return _not_backwards(_with_loose_boots(stamps, by_boot), [s.boot in by_boot for s in stamps])


def correct_entries(
    seqs: Sequence[int], entries: Sequence[Clocked], anchors: Sequence[AnchorMark]
) -> list[Instant]:
    """Do as `correct`, for entries themselves: where every boot had a contact, nothing is made of an entry but its time."""
    timed = _all_anchored(zip(seqs, entries, strict=True), _by_boot(anchors))
    if timed is not None:
        return timed
    pairs = zip(seqs, entries, strict=True)
    return correct([Stamp(seq, e.boot, e.mono_ms, e.wall_ms) for seq, e in pairs], anchors)


def length_within_ms(start: Instant, end: Instant, *, same_log: bool) -> int:
    """Give the uncertainty of a length: an error common to both ends counts once."""
    total = start.within_ms + end.within_ms
    if same_log and start.base == end.base:
        total -= min(start.common_ms, end.common_ms)
    return total


_Marks = tuple[list[int], list[AnchorMark]]


def _by_boot(anchors: Sequence[AnchorMark]) -> dict[bytes, _Marks]:
    grouped: dict[bytes, list[AnchorMark]] = {}
    for mark in anchors:
        grouped.setdefault(mark.boot, []).append(mark)
    for marks in grouped.values():
        marks.sort(key=lambda mark: mark.seq)
    return {boot: ([mark.seq for mark in marks], marks) for boot, marks in grouped.items()}


def _all_anchored(
    entries: Iterable[tuple[int, Clocked]], by_boot: dict[bytes, _Marks]
) -> list[Instant] | None:
    """Time entries whose boots all had a contact; None if one had none.

    The hot path: the anchors around are looked up once a stretch, and no function is called for an entry.
    """
    out: list[Instant] = []
    boot, until = None, -1
    before = after = None
    turn, sign = (
        0,
        1,
    )  # twice the monotonic time at which the other anchor becomes the nearer one, and which way
    for seq, entry in entries:
        mono_ms = entry.mono_ms
        if seq > until or entry.boot != boot:
            boot = entry.boot
            if boot not in by_boot:
                return None
            before, after = _around(by_boot[boot], seq)
            until = _NO_END if after is None else after.seq
            turn, sign = (-_NO_END if before is None else _NO_END), 1
            if before is not None and after is not None:
                turn = before.mid_ms + after.mid_ms
                sign = (after.mid_ms > before.mid_ms) - (after.mid_ms < before.mid_ms)
        mark = before if seq != until and (2 * mono_ms - turn) * sign <= 0 else after
        if mark is None:  # none on that side
            return None
        distance = mono_ms - mark.mid_ms
        at_ms, half_ms = mark.server_ms + distance, mark.half_ms
        drift_ms = (abs(distance) * _PPM + 999_999) // 1_000_000
        out.append(_new(Instant, (at_ms, half_ms + drift_ms, mark.seq, half_ms, at_ms)))
    return out


def _around(marks: _Marks, seq: int) -> tuple[AnchorMark | None, AnchorMark | None]:
    """Give the last anchor before this seq, and the first at or after it."""
    seqs, all_marks = marks
    at = bisect_left(seqs, seq)
    return all_marks[at - 1] if at else None, all_marks[at] if at < len(seqs) else None


@dataclass(frozen=True, slots=True)
class _Boot:
    """A run of entries of one boot: its instants, or (for a boot without an anchor) its stamps and wall-clock span."""

    stamps: list[Stamp]
    instants: list[Instant] | None

    @property
    def span_ms(self) -> int:
        walls = [stamp.wall_ms for stamp in self.stamps]
        return max(walls) - min(walls)


def _with_loose_boots(stamps: Sequence[Stamp], by_boot: dict[bytes, _Marks]) -> list[Instant]:
    boots = []
    for _boot, run in groupby(stamps, key=lambda stamp: stamp.boot):
        group = list(run)
        boots.append(_Boot(group, _all_anchored(((s.seq, s) for s in group), by_boot)))
    out: list[Instant] = []
    index = 0
    low: int | None = None
    while index < len(boots):
        anchored = boots[index].instants
        if anchored is not None:
            out.extend(anchored)
            low = anchored[-1].at_ms
            index += 1
            continue
        loose = _loose_from(boots, index)
        index += len(loose)
        following = boots[index].instants if index < len(boots) else None
        out.extend(_fit(loose, low, following[0].at_ms if following else None))
    return out


def _loose_from(boots: Sequence[_Boot], index: int) -> list[_Boot]:
    loose = []
    while index < len(boots) and boots[index].instants is None:
        loose.append(boots[index])
        index += 1
    return loose


def _fit(loose: Sequence[_Boot], low: int | None, high: int | None) -> list[Instant]:
    """Place boots without an anchor between the anchored times around them, each shifted as a whole, as little as needed."""
    spans = [boot.span_ms for boot in loose]
    out = []
    for index, boot in enumerate(loose):
        earliest = None if low is None else low + sum(spans[:index])
        latest = None if high is None else high - sum(spans[index:])
        first = min(stamp.wall_ms for stamp in boot.stamps)
        shift = 0
        if latest is not None and first > latest:
            shift = latest - first
        if earliest is not None and first + shift < earliest:
            shift = earliest - first
        bounded = earliest is not None and latest is not None
        room = abs(latest - earliest) if bounded else UNBOUNDED_MS  # type: ignore[operator] # both are bounds here
        base = -boot.stamps[0].seq
        for stamp in boot.stamps:
            raw = stamp.wall_ms + shift
            at = raw if high is None else min(raw, high)
            out.append(Instant(at, room, base, room, raw))
    return out


def _not_backwards(instants: Sequence[Instant], anchored: Sequence[bool]) -> list[Instant]:
    """Raise what is not anchored to the time before it. Only the run since the last anchored entry decides, as in `correct`."""
    out = []
    floor: int | None = None
    for instant, stands in zip(instants, anchored, strict=True):
        placed = instant
        if not stands and floor is not None and instant.at_ms < floor:
            placed = instant._replace(at_ms=floor)
        floor = placed.at_ms
        out.append(placed)
    return out
