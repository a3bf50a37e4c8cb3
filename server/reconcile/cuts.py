"""Where a person's history can be cut: no rule lets what lies before such a cut have a say in anything behind it.

A cut is a local midnight in a night (22:00 to 06:00) through which the person was nowhere, with no record open, after a rest
long enough for every rule:

- pairing, repeats and guesses (steps 3 to 5, B1 to B4, B17) look back no further than a record is open, and none is;
- an end that a lead stated, or that beats such a one, looks back to a record that has ended, and to the entry that it is about,
  however far apart they are (`span_of_stated`);
- days (B7, F3) end at midnight; a night without duty ends every run of nights, and eight hours every run of duty (B15);
- overlaps (B9, B10, step 7) need two records at once; travel (B11) is ruled out where the rest is longer than any journey.

Figures of a policy can reach further than that: `FAR` names them, and where one of them is set nothing is cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from server.reconcile.facts import Record, ScanFact
from server.reconcile.minutes import LOCAL_AHEAD_MS
from server.reconcile.order import is_stated
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS

FAR = frozenset(
    {
        "repeat_ms", "guess_open_ms", "open_ms_max", "second_out_ms", "rest_ms", "night_minutes",
        "speed_kmh", "year_cap_minutes",
    }
)  # fmt: skip
"""Figures that decide how far a rule looks: with another value of one of them a cut could be too near."""

OPEN_MS = DEFAULTS.open_ms_max
REST_MS = DEFAULTS.rest_ms
_NIGHT_FROM_MS = -2 * HOUR_MS
_NIGHT_TO_MS = 6 * HOUR_MS
"""A night, from its midnight on."""


class Span(NamedTuple):
    """Time through which a person may have been somewhere, Unix ms: from the first instant to the last."""

    start_ms: int
    end_ms: int


class Window(NamedTuple):
    """A part of a person's history between two cuts, [start, end), Unix ms."""

    start_ms: int
    end_ms: int

    def has(self, at_ms: int) -> bool:
        """Tell whether this lies within."""
        return self.start_ms <= at_ms < self.end_ms


def window_around(
    news: Sequence[int], spans: Iterable[Span], seen: Window, rest_ms: int = REST_MS
) -> Window | None:
    """Give the part of a history that facts at these times (at least one) can change, or None if there is no cut in sight.

    spans: where the person was, of all that is known of them within `seen`; a record without an end lasts `OPEN_MS`. What is
    behind what is seen is taken to reach into it as far as a record can be open. rest_ms: the rest that no journey outlasts.
    """
    outside = [
        Span(-(2**62), seen.start_ms + OPEN_MS),
        Span(seen.end_ms, 2**62),
    ]
    busy = sorted([*outside, *(Span(at, at) for at in news), *spans])
    first, last = min(news), max(news)
    start, end_ms = None, busy[0].end_ms
    for span in busy[1:]:
        cut = _cut(end_ms, span.start_ms, rest_ms, nearest_end=span.start_ms <= first)
        if cut is not None and span.start_ms <= first:
            start = cut
        elif cut is not None and end_ms >= last:
            return None if start is None else Window(start, cut)
        end_ms = max(end_ms, span.end_ms)
    return None


def span_of_stated(*times_ms: int) -> Span:
    """Give the time through which no cut may go because of an end that a lead stated: as far as a record could be open around it.

    times_ms: the time stated, and when the record lay that it is about, if it names an entry.
    """
    return Span(min(times_ms) - OPEN_MS, max(times_ms) + OPEN_MS)


def parts_of(scans: Sequence[ScanFact], rest_ms: int) -> Iterator[list[ScanFact]]:
    """Give scans in order of time in parts that mean by themselves what they mean together, if none leaves a record open.

    Where one does, and the next part begins before that record could not be closed any more, the two belong together. What a
    lead stated may be about any of them: then they are one part.
    """
    part: list[ScanFact] = []
    if any(map(is_stated, scans)):
        yield list(scans)
        return
    for scan in scans:
        before_ms = part[-1].at_ms if part else scan.at_ms
        if _cut(before_ms, scan.at_ms, rest_ms, nearest_end=True) is not None:
            yield part
            part = []
        part.append(scan)
    if part:
        yield part


def reaches(records: Iterable[Record], at_ms: int) -> bool:
    """Tell whether one of these records is left open and could still be closed at this time."""
    return any(record.out_ms is None and record.in_ms + OPEN_MS >= at_ms for record in records)


def _cut(end_ms: int, start_ms: int, rest_ms: int, *, nearest_end: bool) -> int | None:
    """Give a midnight at which to cut the time between what ended and what starts: near the latter, or near the former."""
    if start_ms - end_ms < rest_ms:
        return None
    first = -((-(end_ms - _NIGHT_FROM_MS + LOCAL_AHEAD_MS)) // DAY_MS)
    last = (start_ms - _NIGHT_TO_MS + LOCAL_AHEAD_MS) // DAY_MS
    if first > last:
        return None
    return (last if nearest_end else first) * DAY_MS - LOCAL_AHEAD_MS
