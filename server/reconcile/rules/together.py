"""Who came and went together: the maximal sets of people at one site that E2 looks at.

A set fits if no two of its ins, and no two of its outs, are further apart than a window; it is maximal if nobody can be added.
Cost: with n stays in order of time, each is compared with the k that lie within two windows of it both ways: n log n + n k.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Entered(NamedTuple):
    """An end that a lead typed or stated. by: the lead ("" if the kiosk does not say); at_ms: the corrected time."""

    by: str
    at_ms: int


class SiteStay(NamedTuple):
    """A record as its site sees it. out_ms: None without a sign-out; is_out_here: the sign-out was at the same site.

    entered: its ends that were typed or stated. ends: hashes of its entries, sorted.
    """

    in_ms: int
    record: bytes
    who: str
    post: str
    out_ms: int | None
    is_out_here: bool
    entered: tuple[Entered, ...]
    ends: tuple[bytes, ...]


class Spot(NamedTuple):
    """A stay as a point: when it began, when it ended, whose it is."""

    in_ms: int
    out_ms: int
    who: str


Members = tuple[int, ...]
"""The places of stays among those given, in order."""

_LAST = 2**62
"""Behind all places."""


def maximal_sets(spots: Sequence[Spot], window_ms: int, people: int) -> list[Members]:
    """Give every maximal set of so many people or more; `spots` are in order of their ins."""
    ins = [spot.in_ms for spot in spots]
    found: set[Members] = set()
    near: list[tuple[int, int]] = []  # outs of those in within the window, with their places
    reach = 0
    for first, in_ms in enumerate(ins):
        right = bisect_right(ins, in_ms + window_ms, lo=reach)
        if right > reach:
            fresh = [(spots[place].out_ms, place) for place in range(reach, right)]
            for one in fresh:
                insort(near, one)
            for members in _by_outs(_around(near, fresh, window_ms), window_ms, people):
                if _count(spots, members) >= people and _is_maximal(spots, ins, members, window_ms):
                    found.add(members)
            reach = right
        del near[bisect_left(near, (spots[first].out_ms, first))]
    return sorted(found)


def _around(
    near: Sequence[tuple[int, int]], fresh: Sequence[tuple[int, int]], window_ms: int
) -> list[tuple[int, int]]:
    """Give those whose out is within the window of a fresh one's: what holds no fresh one was looked at before."""
    found: list[tuple[int, int]] = []
    done = 0
    for out_ms, _ in sorted(fresh):
        start = max(done, bisect_left(near, (out_ms - window_ms, -1)))
        done = max(done, bisect_right(near, (out_ms + window_ms, _LAST)))
        found += near[start:done]
    return found


def _by_outs(near: Sequence[tuple[int, int]], window_ms: int, people: int) -> Iterator[Members]:
    """Give those whose outs fit the window, each set that no other of these holds; none smaller than `people`."""
    reach = 0
    for first, (out_ms, _) in enumerate(near):
        right = bisect_right(near, (out_ms + window_ms, _LAST), lo=reach)
        if right > reach and right - first >= people:
            yield tuple(sorted(place for _, place in near[first:right]))
        reach = max(reach, right)


def _is_maximal(
    spots: Sequence[Spot], ins: Sequence[int], members: Members, window_ms: int
) -> bool:
    """Tell whether nobody else fits."""
    outs = [spots[place].out_ms for place in members]
    first = bisect_left(ins, ins[members[-1]] - window_ms)
    last = bisect_right(ins, ins[members[0]] + window_ms)
    low, high = max(outs) - window_ms, min(outs) + window_ms
    return sum(low <= spots[place].out_ms <= high for place in range(first, last)) == len(members)


def _count(spots: Sequence[Spot], members: Members) -> int:
    return len({spots[place].who for place in members})


def crowds(ins: Sequence[tuple[int, str]], window_ms: int, people: int) -> list[tuple[int, int]]:
    """Give the places [first, last) of ins in order of time that lie in a window with so many people or more, united."""
    counts: dict[str, int] = {}
    found: list[tuple[int, int]] = []
    first = 0
    for place, (in_ms, who) in enumerate(ins):
        counts[who] = counts.get(who, 0) + 1
        while ins[first][0] < in_ms - window_ms:
            left = ins[first][1]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
            first += 1
        if len(counts) >= people:
            if found and first < found[-1][1]:
                found[-1] = (found[-1][0], place + 1)
            else:
                found.append((first, place + 1))
    return found
