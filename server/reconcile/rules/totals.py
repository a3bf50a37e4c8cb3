"""Family F and B14: how many people a post had against what its shifts need. Nobody's minutes depend on it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from server.reconcile.facts import Finding
from server.reconcile.policy import Policy
from server.reconcile.rules.fraud import on_site
from server.reconcile.rules.together import SiteStay


class Planned(NamedTuple):
    """A shift as planned. needed: people (None: nobody said). assigned: numbers, in order."""

    code: str
    post: str
    start_ms: int
    end_ms: int
    needed: int | None
    assigned: tuple[str, ...]


class Manned(NamedTuple):
    """Part of a shift, [start_ms, end_ms), over which the same number of people were on the post."""

    start_ms: int
    end_ms: int
    people: int


def manned(shift: Planned, stays: Iterable[SiteStay]) -> list[Manned]:
    """Give how many people were on a shift's post from its start to its end, in order. A stay without an end is not counted."""
    steps: dict[int, int] = {shift.start_ms: 0, shift.end_ms: 0}
    for stay in stays:
        if stay.post == shift.post and stay.out_ms is not None:
            start, end = max(stay.in_ms, shift.start_ms), min(stay.out_ms, shift.end_ms)
            if start < end:
                steps[start] = steps.get(start, 0) + 1
                steps[end] = steps.get(end, 0) - 1
    parts: list[Manned] = []
    people = 0
    times = sorted(steps)
    for start, end in pairwise(times):
        people += steps[start]
        if parts and parts[-1].people == people:
            parts[-1] = parts[-1]._replace(end_ms=end)
        else:
            parts.append(Manned(start, end, people))
    return parts


def gaps(shift: Planned, parts: Sequence[Manned]) -> list[Manned]:
    """Give the parts of a shift with fewer people than it needs (at least one)."""
    return [part for part in parts if part.people < (1 if shift.needed is None else shift.needed)]


def overlaps(shift: Planned, parts: Sequence[Manned], policy: Policy) -> list[Manned]:
    """Give the stretches with more people than a shift needs that are longer than a hand-over takes (B14)."""
    return _longer(_above(parts, 1 if shift.needed is None else shift.needed), policy)


def f1(site: str, shift: Planned, parts: Sequence[Manned], policy: Policy) -> Finding | None:
    """Note a shift that had too many people on its post for longer than a hand-over takes."""
    if not shift.needed:
        return None
    most = policy.crowd_percent * shift.needed // 100
    crowded = _longer(_above(parts, most), policy)
    if not crowded:
        return None
    people = max(part.people for part in crowded)
    minutes = sum(part.end_ms - part.start_ms for part in crowded) // 60_000
    return on_site(
        "F1", "shift", site, shift=shift.code, people=people, needed=shift.needed, minutes=minutes
    )


def f2(shift: Planned, stays: Iterable[SiteStay], policy: Policy) -> tuple[str, ...]:
    """Give who was assigned to a shift and never came to its site within the time in which it may be served."""
    first, last = shift.start_ms - policy.before_shift_ms, shift.end_ms + policy.after_shift_ms
    came = {
        stay.who
        for stay in stays
        if stay.in_ms < last
        and (stay.in_ms >= first or (stay.out_ms is not None and stay.out_ms > first))
    }
    return tuple(who for who in shift.assigned if who not in came)


def _above(parts: Iterable[Manned], people: int) -> list[Manned]:
    """Give the stretches with more people than this, united, each with the most there were."""
    found: list[Manned] = []
    for part in parts:
        if part.people <= people:
            continue
        if found and found[-1].end_ms == part.start_ms:
            most = max(found[-1].people, part.people)
            found[-1] = Manned(found[-1].start_ms, part.end_ms, most)
        else:
            found.append(part)
    return found


def _longer(parts: Iterable[Manned], policy: Policy) -> list[Manned]:
    return [part for part in parts if part.end_ms - part.start_ms > policy.hand_over_ms]
