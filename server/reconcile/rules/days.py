"""Rules about a person's whole days, over all records together: B7 (long days), F3 (caps), B15 (rest and nights)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from server.reconcile.facts import Finding
from server.reconcile.minutes import (
    REFUSED,
    Stretch,
    by_day,
    date_of,
    local_minute,
    minute_of,
)
from server.reconcile.policy import DAY_MS, MINUTE_MS, Policy
from server.reconcile.rules.case import Case, on_minutes, on_record

_DAY = DAY_MS // MINUTE_MS
_NIGHT_FROM, _NIGHT_UNTIL = 22 * 60, 6 * 60


class Over(NamedTuple):
    """Minutes [start, end) of the record with this rank past a limit. rule: `B7` or `F3`. tier: who reviews them."""

    start: int
    end: int
    rank: int
    rule: str
    tier: str


class _Limit(NamedTuple):
    """rule, tier: as in `Over`. minutes: how many count, 0 for any number. period: which minutes are counted together."""

    rule: str
    tier: str
    minutes: Callable[[Policy], int]
    period: Callable[[int], int]


def year_of(day: int) -> int:
    """Give the calendar year of a local date."""
    return date_of(day).year


_LIMITS = (
    _Limit("B7", "reviewer", lambda policy: policy.day_minutes, lambda day: day),
    _Limit("B7", "city", lambda policy: policy.day_city_minutes, lambda day: day),
    _Limit("F3", "day", lambda policy: policy.day_cap_minutes, lambda day: day),
    _Limit("F3", "year", lambda policy: policy.year_cap_minutes, year_of),
)


def over(
    pieces: Sequence[Stretch], cases: Sequence[Case], settled: Callable[[Stretch], list[Stretch]]
) -> list[Over]:
    """Find the minutes past a limit, each counted once and in time order, what is settled first, what is refused not.

    settled: cuts a piece where minutes that are approved or frozen begin and end, and marks those (`decision` is not empty).
    """
    pieces = [piece for piece in pieces if piece.verdict != REFUSED]
    found: list[Over] = []
    cut: list[tuple[bool, Stretch, int]] | None = None
    for limit in _LIMITS:
        limits = [limit.minutes(cases[piece.rank].policy) for piece in pieces]
        if not any(limits) or _is_within(pieces, limits, limit.period):
            continue
        cut = cut or _in_turn(pieces, settled)
        found += _past(cut, cases, limit)
    return found


def _is_within(
    pieces: Sequence[Stretch], limits: Sequence[int], period: Callable[[int], int]
) -> bool:
    """Tell whether no period has more minutes than the lowest of the limits."""
    lowest = min(limit for limit in limits if limit)
    totals: dict[int, int] = {}
    for piece in pieces:
        for day, minutes in by_day(piece.start, piece.end):
            key = period(day)
            totals[key] = totals.get(key, 0) + minutes
            if totals[key] > lowest:
                return False
    return True


def _in_turn(
    pieces: Sequence[Stretch], settled: Callable[[Stretch], list[Stretch]]
) -> list[tuple[bool, Stretch, int]]:
    """Give the pieces cut at midnight, with their dates, in the order in which they count: settled ones, then by time."""
    turn = []
    for piece in pieces:
        for part in settled(piece):
            start = part.start
            for day, minutes in by_day(part.start, part.end):
                cut = part._replace(start=start, end=start + minutes)
                turn.append((not part.decision, cut, day))
                start += minutes
    return sorted(turn, key=lambda one: (one[0], one[1].start, one[1].rank))


def _past(
    turn: Iterable[tuple[bool, Stretch, int]], cases: Sequence[Case], limit: _Limit
) -> Iterator[Over]:
    counted: dict[int, int] = {}
    for _, piece, day in turn:
        key, minutes = limit.period(day), piece.end - piece.start
        before = counted.get(key, 0)
        counted[key] = before + minutes
        allowed = limit.minutes(cases[piece.rank].policy)
        if allowed and before + minutes > allowed:
            start = piece.start + max(0, allowed - before)
            yield Over(start, piece.end, piece.rank, limit.rule, limit.tier)


def over_findings(found: Iterable[Over], cases: Sequence[Case]) -> Iterator[Finding]:
    """Say, for each record, date and tier, how many of its minutes are past a limit."""
    totals: dict[tuple[int, str, str, int], int] = {}
    for part in found:
        for day, minutes in by_day(part.start, part.end):
            key = part.rank, part.rule, part.tier, day
            totals[key] = totals.get(key, 0) + minutes
    for (rank, rule, tier, day), minutes in totals.items():
        yield on_minutes(rule, cases[rank], day=day, tier=tier, minutes=minutes)


def b15(cases: Sequence[Case]) -> Iterator[Finding]:
    """Note too little rest after long duty, and too many nights running; on the record that makes it so."""
    whole = [case for case in cases if case.length_ms > 0]
    yield from _restless(whole)
    yield from _nights(whole)


def _restless(cases: Sequence[Case]) -> Iterator[Finding]:
    """Minutes since the last rest are added up; who comes again too soon after so many is noted."""
    until_ms, duty = 0, 0
    for case in cases:
        opened = case.stay.opened
        end_ms = opened.at_ms + case.length_ms
        rest_ms = opened.at_ms - until_ms
        if rest_ms >= case.policy.rest_ms or not duty:
            duty = 0
        elif duty >= case.policy.duty_minutes and rest_ms > 0:
            yield on_record("B15", case, duty_minutes=duty, rest_minutes=rest_ms // MINUTE_MS)
        start = max(minute_of(opened.at_ms), minute_of(until_ms))
        duty += max(0, minute_of(end_ms) - start)
        until_ms = max(until_ms, end_ms)


def _nights(cases: Sequence[Case]) -> Iterator[Finding]:
    """A night belongs to the date on which it begins; minutes in several records of it count once."""
    served: dict[int, list[tuple[int, int, int]]] = {}
    for rank, case in enumerate(cases):
        start = minute_of(case.stay.opened.at_ms)
        end = minute_of(case.stay.opened.at_ms + case.length_ms)
        for night, first, last in nights_of(start, end):
            served.setdefault(night, []).append((first, last, rank))
    running = 0
    before = None
    for night in sorted(served):
        rank = served[night][0][2]
        policy = cases[rank].policy
        is_night = _union(served[night]) >= policy.night_minutes
        running = (running + 1 if night - 1 == before else 1) if is_night else 0
        before = night
        if is_night and running >= policy.nights:
            yield on_record("B15", cases[rank], nights=running, night=night)


def nights_of(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut minutes [start, end) to those of the night: (the date on which the night began, start, end)."""
    first = (local_minute(start) - _NIGHT_UNTIL) // _DAY
    last = (local_minute(end) - 1 - _NIGHT_UNTIL) // _DAY
    for night in range(first, last + 1):
        begins = night * _DAY + _NIGHT_FROM - local_minute(0)
        ends = (night + 1) * _DAY + _NIGHT_UNTIL - local_minute(0)
        if max(start, begins) < min(end, ends):
            yield night, max(start, begins), min(end, ends)


def _union(spans: Sequence[tuple[int, int, int]]) -> int:
    total, reach = 0, -(2**63)
    for start, end, _ in sorted(spans):
        total += max(0, end - max(start, reach))
        reach = max(reach, end)
    return total
