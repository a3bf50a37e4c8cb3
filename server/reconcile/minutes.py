"""Steps 6 and 7 of reconciliation: whole minutes, local dates, and each minute of a person counted once.

Everything here is intervals of minutes, [start, end), never single minutes. Minutes are those since 1970-01-01 UTC.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from server.reconcile.policy import DAY_MS, HOUR_MS, MINUTE_MS

LOCAL_AHEAD_MS = 8 * HOUR_MS
"""Asia/Shanghai is ahead of UTC by this, all year (no summer time since 1991)."""

_EPOCH = date(1970, 1, 1)
_LOCAL_AHEAD = LOCAL_AHEAD_MS // MINUTE_MS
_DAY = DAY_MS // MINUTE_MS

CREDITED, HELD, REFUSED = "credited", "held", "refused"
_WEIGHT = {CREDITED: 0, HELD: 1, REFUSED: 2}


class Stretch(NamedTuple):
    """Minutes of one record with one verdict. rank: the record's place among the person's, by beginning and id.

    decision: hash of the decision that says so, b"" where rules do.
    """

    start: int
    end: int
    verdict: str
    rank: int
    cause: str
    decision: bytes = b""


class Share(NamedTuple):
    """Minutes that a record is posted, of one local date and verdict."""

    rank: int
    day: int
    verdict: str
    cause: str
    minutes: int


def minute_of(at_ms: int) -> int:
    """Floor an instant to its minute."""
    return at_ms // MINUTE_MS


def day_of(at_ms: int) -> int:
    """Give the local date of an instant, in days since 1970-01-01."""
    return (at_ms + LOCAL_AHEAD_MS) // DAY_MS


def local_minute(minute: int) -> int:
    """Give a minute as counted from local midnight of 1970-01-01."""
    return minute + _LOCAL_AHEAD


def date_of(day: int) -> date:
    """Give a local date from its number."""
    return _EPOCH + timedelta(days=day)


def by_day(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut minutes at local midnight into (day, minutes) (B13)."""
    while start < end:
        day = (start + _LOCAL_AHEAD) // _DAY
        midnight = (day + 1) * _DAY - _LOCAL_AHEAD
        stop = min(end, midnight)
        yield day, stop - start
        start = stop


def counted_once(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Give each minute to one record: the best verdict, then the record that is first (step 7, B9).

    The stretches of one record do not overlap each other. Those that end where another begins do not overlap (B12).
    """
    ordered = sorted(s for s in stretches if s.start < s.end)
    if all(before.end <= after.start for before, after in pairwise(ordered)):
        return ordered
    pieces = []
    active: list[Stretch] = []
    upcoming = 0
    cuts = sorted({s.start for s in ordered} | {s.end for s in ordered})
    for start, end in pairwise(cuts):
        active = [s for s in active if s.end > start]
        while upcoming < len(ordered) and ordered[upcoming].start == start:
            active.append(ordered[upcoming])
            upcoming += 1
        if active:
            best = min(active, key=_claim)
            pieces.append(best._replace(start=start, end=end))
    return pieces


def shares(stretches: Sequence[Stretch]) -> list[Share]:
    """Add up minutes that were counted once, by record, local date, verdict and cause."""
    totals: dict[tuple[int, int, str, str], int] = {}
    for piece in stretches:
        for day, minutes in by_day(piece.start, piece.end):
            key = (piece.rank, day, piece.verdict, piece.cause)
            totals[key] = totals.get(key, 0) + minutes
    return [Share(*key, minutes) for key, minutes in totals.items()]


def overlaps(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Give (earlier, later, minutes) for each two spans, by index, that share minutes; `spans` ascend by start."""
    active: list[int] = []
    for later, (start, end) in enumerate(spans):
        active = [earlier for earlier in active if spans[earlier][1] > start]
        for earlier in active:
            shared = min(end, spans[earlier][1]) - start
            if shared > 0:
                yield earlier, later, shared
        active.append(later)


def _claim(stretch: Stretch) -> tuple[int, int]:
    return _WEIGHT[stretch.verdict], stretch.rank
