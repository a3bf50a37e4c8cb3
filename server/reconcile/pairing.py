"""Steps 3 to 5 of reconciliation, one walk scan by scan: repeats, directions, pairing.

The walk decides what each scan does; it makes no findings and counts no minutes. "Counted" is a scan that is not passed over as
a repeat. A figure that spans two scans is the one in force at the earlier scan's site on its day.
"""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.vocabulary import Direction
from server.reconcile.facts import Reference, ScanFact
from server.reconcile.minutes import day_of
from server.reconcile.order import Branch, in_order
from server.reconcile.policy import Policy

IN, OUT = Direction.IN.value, Direction.OUT.value


class Stay(NamedTuple):
    """A record in the making. closed: None without a sign-out. over: the opening, at that site, that it left without one (B2)."""

    opened: ScanFact
    closed: ScanFact | None
    over: ScanFact | None


class Repeat(NamedTuple):
    """A scan passed over because it repeats a counted one (B1)."""

    scan: ScanFact
    counted: ScanFact


class Walked(NamedTuple):
    """What a walk found: stays in no particular order, repeats and unpaired outs (B3) in that of the walk."""

    stays: list[Stay]
    repeats: list[Repeat]
    lone_outs: list[ScanFact]


class _Open(NamedTuple):
    opened: ScanFact
    over: ScanFact | None
    guess_until_ms: int
    until_ms: int


class _Counted(NamedTuple):
    scan: ScanFact
    direction: str
    number: int
    until_ms: int


def walk(parts: Sequence[Branch], reference: Reference) -> Walked:
    """Walk a person's scans, by branch, in order."""
    state = _Walk(reference)
    for scan in in_order(parts, state.goes_out):
        state.take(scan)
    return state.end()


class _Walk:
    """What is open and what was counted last. `open` by site, in the order of opening."""

    def __init__(self, reference: Reference) -> None:
        self.policy = reference.policy
        self.done = Walked([], [], [])
        self.open: dict[str, _Open] = {}
        self.instant_ms: int | None = None
        self.open_before: dict[str, _Open] = {}
        self.counted: dict[tuple[str, str], _Counted] = {}
        self.last_number = {IN: -1, OUT: -1}
        self.number = 0
        self.no_second_out_until_ms: dict[str, int] = {}

    def goes_out(self, scan: ScanFact) -> bool:
        """Tell whether this scan is an out; a guess as of just before its instant."""
        if scan.chosen:
            return scan.direction == OUT
        same_instant = scan.at_ms == self.instant_ms
        return _guessed(scan, self.open_before if same_instant else self.open) == OUT

    def take(self, scan: ScanFact) -> None:
        self._expire(scan.at_ms)
        if scan.at_ms != self.instant_ms:
            self.instant_ms, self.open_before = scan.at_ms, dict(self.open)
        counted = self._repeated(scan)
        if counted is not None:
            self.done.repeats.append(Repeat(scan, counted.scan))
            return
        direction = scan.direction if scan.chosen else _guessed(scan, self.open)
        policy = self.policy(scan.site, day_of(scan.at_ms))
        until_ms = scan.at_ms + policy.repeat_ms
        self.counted[scan.site, direction] = _Counted(scan, direction, self.number, until_ms)
        self.last_number[direction] = self.number
        self.number += 1
        if direction == IN:
            self._go_in(scan, policy)
        else:
            self._go_out(scan, policy)

    def end(self) -> Walked:
        """End the facts: what is still open has no sign-out (B4)."""
        self.done.stays.extend(Stay(left.opened, None, left.over) for left in self.open.values())
        return self.done

    def _expire(self, at_ms: int) -> None:
        late = [site for site, stay in self.open.items() if at_ms > stay.until_ms]
        for site in late:
            left = self.open.pop(site)
            self.done.stays.append(Stay(left.opened, None, left.over))

    def _repeated(self, scan: ScanFact) -> _Counted | None:
        """Give the counted scan that this one repeats (B1): none of the other direction was counted after it, anywhere."""
        if scan.chosen:
            last = self.counted.get((scan.site, scan.direction))
        else:
            last = _later(self.counted.get((scan.site, IN)), self.counted.get((scan.site, OUT)))
        if last is None or scan.at_ms > last.until_ms:
            return None
        other = OUT if last.direction == IN else IN
        return last if self.last_number[other] < last.number else None

    def _go_in(self, scan: ScanFact, policy: Policy) -> None:
        left = self.open.pop(scan.site, None)
        over = left.opened if left else None
        if left:
            self.done.stays.append(Stay(left.opened, None, left.over))
        until_ms = scan.at_ms + policy.open_ms_max
        self.open[scan.site] = _Open(scan, over, scan.at_ms + policy.guess_open_ms, until_ms)

    def _go_out(self, scan: ScanFact, policy: Policy) -> None:
        stay = self.open.pop(scan.site, None)
        if stay is None and self.open and not self._is_second_out(scan):
            stay = self.open.popitem()[1]  # the one opened last elsewhere (B17)
        if stay is None:
            self.done.lone_outs.append(scan)
            return
        self.no_second_out_until_ms[scan.site] = scan.at_ms + policy.second_out_ms
        self.done.stays.append(Stay(stay.opened, scan, stay.over))

    def _is_second_out(self, scan: ScanFact) -> bool:
        until_ms = self.no_second_out_until_ms.get(scan.site)
        return until_ms is not None and scan.at_ms <= until_ms


def _guessed(scan: ScanFact, opened: dict[str, _Open]) -> str:
    """Give a guess its direction (step 4)."""
    stay = opened.get(scan.site)
    return OUT if stay and scan.at_ms <= min(stay.guess_until_ms, stay.until_ms) else IN


def _later(one: _Counted | None, other: _Counted | None) -> _Counted | None:
    if one is None or other is None:
        return one or other
    return one if one.number > other.number else other
