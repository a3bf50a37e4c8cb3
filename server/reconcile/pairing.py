"""Steps 3 to 5 of reconciliation, one walk scan by scan: repeats, directions, pairing.

The walk decides what each scan does; it makes no findings and counts no minutes. "Counted" is a scan that is not passed over as
a repeat. A figure that spans two scans is the one in force at the earlier scan's site on its day.

An end that a lead attested takes part at the time stated. A scan of the same end beats it; of several attests the one written
last counts. The same end it is where, at that site, nothing of the other direction lies between.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from schemas.vocabulary import Direction
from server.reconcile.facts import More, ScanFact
from server.reconcile.order import Branch, in_order, is_stated
from server.reconcile.policy import Policy

IN, OUT = Direction.IN.value, Direction.OUT.value

Figures = Callable[[ScanFact], Policy]
"""Gives the figures in force for a scan."""


class Stay(NamedTuple):
    """A record in the making. closed: None without a sign-out. over: the opening, at that site, that it left without one (B2)."""

    opened: ScanFact
    closed: ScanFact | None
    over: ScanFact | None


class Repeat(NamedTuple):
    """A scan passed over because it repeats a counted one (B1)."""

    scan: ScanFact
    counted: ScanFact


class Outdone(NamedTuple):
    """An attested end that does not count: a scan, or an attest written later, states the same end."""

    scan: ScanFact
    counted: ScanFact


class Walked(NamedTuple):
    """What a walk found: stays in no particular order, repeats, unpaired outs (B3) and outdone attests in that of the walk."""

    stays: list[Stay]
    repeats: list[Repeat]
    lone_outs: list[ScanFact]
    outdone: list[Outdone]


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


class _Ended(NamedTuple):
    """The stay that ended last at a site where nothing opened since: its place among those done, and until when it may be."""

    place: int
    until_ms: int


def walk(parts: Iterable[Sequence[Branch]], figures: Figures) -> Walked:
    """Walk a person's scans, by stretch of time and branch, in order."""
    state = _Walk(figures)
    for stretch in parts:
        for scan in in_order(stretch, state.goes_out):
            state.take(scan)
    return state.end()


class _Walk:
    """What is open and what was counted last. `open` by site, in the order of opening."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.done = Walked([], [], [], [])
        self.open: dict[str, _Open] = {}
        self.ended: dict[str, _Ended] = {}
        self.instant_ms: int | None = None
        self.open_before: dict[str, _Open] = {}
        self.counted: dict[tuple[str, str], _Counted] = {}
        self.last_number = {IN: -1, OUT: -1}
        self.number = 0
        self.no_second_out_until_ms: dict[str, int] = {}
        self.opening: dict[bytes, bytes] = {}
        self.early: list[ScanFact] = []

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
        if is_stated(scan):
            self._take_stated(scan)
            return
        counted = self._repeated(scan)
        if counted is not None:
            self.opening[scan.hash] = counted.scan.hash
            self.done.repeats.append(Repeat(scan, counted.scan))
            return
        direction = scan.direction if scan.chosen else _guessed(scan, self.open)
        policy = self.figures(scan)
        until_ms = scan.at_ms + policy.repeat_ms
        self.counted[scan.site, direction] = _Counted(scan, direction, self.number, until_ms)
        self._number(direction)
        if direction == IN:
            self._go_in(scan, policy)
        else:
            self._go_out(scan, policy)

    def end(self) -> Walked:
        """End the facts: what is still open has no sign-out (B4), unless one was attested before it came."""
        for left in self.open.values():
            self._leave_open(left)
        for scan in self.early:
            self._close_early(scan)
        return self.done

    def _expire(self, at_ms: int) -> None:
        late = [site for site, stay in self.open.items() if at_ms > stay.until_ms]
        for site in late:
            self._leave_open(self.open.pop(site))

    def _leave_open(self, left: _Open) -> None:
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

    def _number(self, direction: str) -> None:
        self.last_number[direction] = self.number
        self.number += 1

    def _go_in(self, scan: ScanFact, policy: Policy) -> None:
        left = self.open.pop(scan.site, None)
        over = left.opened if left else None
        if left and is_stated(left.opened):  # the same end
            self._outdo(left.opened, scan)
            over = left.over
        elif left:
            self._leave_open(left)
        self._open(scan, over, policy)

    def _open(self, scan: ScanFact, over: ScanFact | None, policy: Policy) -> None:
        self.ended.pop(scan.site, None)
        until_ms = scan.at_ms + policy.open_ms_max
        self.open[scan.site] = _Open(scan, over, scan.at_ms + policy.guess_open_ms, until_ms)

    def _go_out(self, scan: ScanFact, policy: Policy) -> None:
        stay = self.open.pop(scan.site, None)
        if stay is None and self._beats_attest(scan):
            pass
        elif stay is None and self.open and not self._is_second_out(scan):
            self._close(self.open.popitem()[1], scan)  # the one opened last elsewhere (B17)
        elif stay is None:
            self.done.lone_outs.append(scan)
            return
        else:
            self._close(stay, scan)
        self.no_second_out_until_ms[scan.site] = scan.at_ms + policy.second_out_ms

    def _close(self, stay: _Open, scan: ScanFact) -> None:
        self.ended[stay.opened.site] = _Ended(len(self.done.stays), stay.until_ms)
        self.done.stays.append(Stay(stay.opened, scan, stay.over))

    def _is_second_out(self, scan: ScanFact) -> bool:
        until_ms = self.no_second_out_until_ms.get(scan.site)
        return until_ms is not None and scan.at_ms <= until_ms

    def _beats_attest(self, scan: ScanFact) -> bool:
        """Put a scanned end in the place of the attested one of the stay that ended here last, if that is so."""
        ended = self.ended.get(scan.site)
        if ended is None or scan.at_ms > ended.until_ms:
            return False
        closed = self.done.stays[ended.place].closed
        if closed is None or not is_stated(closed):
            return False
        self._close_again(ended.place, scan)
        return True

    def _close_again(self, place: int, scan: ScanFact) -> None:
        stay = self.done.stays[place]
        if stay.closed is not None:
            self._outdo(stay.closed, scan)
        self.done.stays[place] = stay._replace(closed=scan)

    def _outdo(self, scan: ScanFact, counted: ScanFact) -> None:
        self.opening[scan.hash] = counted.hash
        self.done.outdone.append(Outdone(scan, counted))

    def _take_stated(self, scan: ScanFact) -> None:
        if scan.direction == IN:
            self._state_in(scan)
        elif _more(scan).about:
            self._state_out_of(scan, self._opening_of(_more(scan).about))
        else:
            self._state_out(scan)

    def _state_in(self, scan: ScanFact) -> None:
        left = self.open.get(scan.site)
        if left and not (is_stated(left.opened) and written(scan) > written(left.opened)):
            self._outdo(scan, left.opened)
            return
        if left:
            self._outdo(left.opened, scan)
            del self.open[scan.site]
        self._number(IN)
        self._open(scan, left.over if left else None, self.figures(scan))

    def _state_out(self, scan: ScanFact) -> None:
        """Close what is open at the site, or what ended there last and is not closed by a scan or a later attest."""
        stay = self.open.pop(scan.site, None)
        ended = self.ended.get(scan.site)
        if stay is not None:
            self._number(OUT)
            self._close(stay, scan)
        elif ended is not None and scan.at_ms <= ended.until_ms:
            self._state_again(ended.place, scan)
        else:
            self.done.lone_outs.append(scan)

    def _state_out_of(self, scan: ScanFact, opening: bytes) -> None:
        """Do so for the stay that the attest names, wherever; where none is open yet, wait until all are known."""
        site = next((s for s, stay in self.open.items() if stay.opened.hash == opening), None)
        if site is None:
            self.early.append(scan)
            return
        self._number(OUT)
        self._close(self.open.pop(site), scan)

    def _state_again(self, place: int, scan: ScanFact) -> None:
        closed = self.done.stays[place].closed
        if closed is None or (is_stated(closed) and written(scan) > written(closed)):
            self._close_again(place, scan)
        else:
            self._outdo(scan, closed)

    def _close_early(self, scan: ScanFact) -> None:
        opening = self._opening_of(_more(scan).about)
        for place, stay in enumerate(self.done.stays):
            if stay.opened.hash == opening:
                self._state_again(place, scan)
                return
        self.done.lone_outs.append(scan)

    def _opening_of(self, entry: bytes) -> bytes:
        """Follow an entry that repeats another, or is outdone by it, to the one that counts."""
        while entry in self.opening:
            entry = self.opening[entry]
        return entry


def written(attest: ScanFact) -> tuple[int, str, int, bytes]:
    """Give the place of an attest among others: when it was written, not what time it states."""
    return _more(attest).written_ms, attest.log, attest.seq, attest.hash


def last_stated(scans: Sequence[ScanFact]) -> tuple[list[ScanFact], list[Outdone]]:
    """Leave out attests of an end of one and the same entry but the one written last; give what is left, and those."""
    last: dict[tuple[str, bytes], ScanFact] = {}
    for scan in scans:
        if is_stated(scan) and _more(scan).about:
            end = scan.direction, _more(scan).about
            last[end] = max(last.get(end, scan), scan, key=written)
    if not last:
        return list(scans), []
    counted = {scan.hash: last.get((scan.direction, _more(scan).about), scan) for scan in scans}
    left = [scan for scan in scans if counted[scan.hash] is scan]
    return left, [Outdone(s, counted[s.hash]) for s in scans if counted[s.hash] is not s]


_NOTHING = More()


def _more(scan: ScanFact) -> More:
    return scan.more or _NOTHING


def _guessed(scan: ScanFact, opened: dict[str, _Open]) -> str:
    """Give a guess its direction (step 4)."""
    stay = opened.get(scan.site)
    return OUT if stay and scan.at_ms <= min(stay.guess_until_ms, stay.until_ms) else IN


def _later(one: _Counted | None, other: _Counted | None) -> _Counted | None:
    if one is None or other is None:
        return one or other
    return one if one.number > other.number else other
