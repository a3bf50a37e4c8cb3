"""Step 7 of reconciliation: what each minute of a person is, by rules on records, on parts of them, by decisions, by limits."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence

from server.reconcile.facts import Decision, Finding, Frozen
from server.reconcile.minutes import (
    CREDITED,
    HELD,
    REFUSED,
    Stretch,
    counted_once,
    minute_of,
)
from server.reconcile.rules.case import Case
from server.reconcile.rules.catalogue import cause_of, worse_cause
from server.reconcile.rules.days import Over, over
from server.reconcile.rules.entered import e5_windows
from server.reconcile.rules.posts import d8_windows, outside
from server.reconcile.settle import decided, paint

HELD_OUTSIDE = (("D8", d8_windows), ("E5", e5_windows))
"""The rules that hold what of a record lies outside some windows."""


def stretches_of(
    case: Case,
    rank: int,
    whole: Sequence[Finding],
    parts: Sequence[Finding],
    decisions: Sequence[Decision],
) -> list[Stretch]:
    """Give the minutes of one record, each with its verdict, before they are counted once.

    whole, parts: what rules say of it all, and of some of its minutes.
    """
    start, end = span_of(case)
    cause = cause_of(whole)
    about = {finding.rule for finding in parts}
    found = [Stretch(start, end, HELD if cause else CREDITED, rank, cause)] if start < end else []
    if "D9" in about:
        found = [one._replace(verdict=REFUSED, cause="D9") for one in found]
    if "B16" in about:
        first = max(start, end - case.policy.break_minutes)
        found = paint(found, Stretch(first, end, REFUSED, rank, "B16"))
    for rule, windows in HELD_OUTSIDE:
        if rule in about:
            for first, last in outside(case, windows(case)):
                found = hold(found, first, last, rule)
    return decided(found, decisions, rank)


def span_of(case: Case) -> tuple[int, int]:
    """Give the minutes of a record, [start, end): none without a sign-out, or where it ends before it starts."""
    start = minute_of(case.stay.opened.at_ms)
    return start, max(start, minute_of(case.stay.opened.at_ms + case.length_ms))


def hold(stretches: Iterable[Stretch], start: int, end: int, rule: str) -> list[Stretch]:
    """Hold minutes by a rule, beside what held them before; what is refused stays so."""
    left = []
    for one in stretches:
        first, last = max(one.start, start), min(one.end, end)
        if first >= last or one.verdict == REFUSED:
            left.append(one)
            continue
        if one.start < first:
            left.append(one._replace(end=first))
        left.append(Stretch(first, last, HELD, one.rank, worse_cause(one.cause, rule)))
        if last < one.end:
            left.append(one._replace(start=last))
    return left


def pieces_of_all(
    stretches: Sequence[Stretch], cases: Sequence[Case], frozen: Iterable[Frozen]
) -> tuple[list[Stretch], list[Over]]:
    """Count each minute once, and hold what is past a limit (B7, F3); give the minutes, and what is past which limit."""
    pieces = counted_once(stretches)
    past = over(pieces, cases, _settled(frozen)) if pieces else []
    if not past:
        return pieces, []
    by_rank: dict[int, list[Over]] = {}
    for part in past:
        by_rank.setdefault(part.rank, []).append(part)
    found: list[Stretch] = []
    held: list[Over] = []
    for piece in pieces:
        parts = [piece]
        for part in by_rank.get(piece.rank, ()):
            first, last = max(part.start, piece.start), min(part.end, piece.end)
            if first < last and not piece.decision:
                parts = hold(parts, first, last, part.rule)
                held.append(part._replace(start=first, end=last))
        found += parts
    return found, held


def _settled(frozen: Iterable[Frozen]) -> Callable[[Stretch], list[Stretch]]:
    """Make the cut of a piece where frozen minutes begin and end: those, and what was approved, count first (B7)."""
    spans = _united(
        (start, end)
        for one in frozen
        for start, end, verdict in one.intervals
        if verdict != REFUSED
    )
    ends = [end for _, end in spans]

    def cut(piece: Stretch) -> list[Stretch]:
        if piece.decision and piece.verdict == CREDITED:
            return [piece]
        piece = piece._replace(decision=b"")
        parts, start = [], piece.start
        for first, last in spans[bisect_left(ends, piece.start + 1) :]:
            if first >= piece.end:
                break
            first, last = max(first, start), min(last, piece.end)
            parts += [piece._replace(start=start, end=first)] if start < first else []
            parts.append(piece._replace(start=first, end=last, decision=b"frozen"))
            start = last
        return [*parts, piece._replace(start=start)] if start < piece.end else parts

    return cut


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        elif start < end:
            united.append((start, end))
    return united


def by_record(pieces: Iterable[Stretch]) -> Mapping[int, dict[str, int]]:
    """Add up minutes by rank and verdict."""
    totals: dict[int, dict[str, int]] = {}
    for piece in pieces:
        own = totals.setdefault(piece.rank, {CREDITED: 0, HELD: 0, REFUSED: 0})
        own[piece.verdict] += piece.end - piece.start
    return totals
