"""Step 2 of reconciliation: one order of a person's scans, whatever the order they are handed over in.

The order is a merge of branches: repeatedly the least of their next entries. A branch's own sequence stands, even where
corrected time goes back by a millisecond between two anchors; across a rest of the person's only time counts (`stretches`).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from server.reconcile.facts import ScanFact
from server.reconcile.policy import DEFAULTS


class Branch(NamedTuple):
    """A person's scans on one branch of one log, in its own sequence. follows: it goes on where the log's trunk ends."""

    log: str
    follows: bool
    scans: list[ScanFact]


def distinct(scans: Iterable[ScanFact]) -> list[ScanFact]:
    """Give each entry once (A1), by log, branch and seq."""
    one: dict[bytes, ScanFact] = {}
    for scan in scans:
        known = one.setdefault(scan.hash, scan)
        if scan < known:  # never of one entry; but if it happens, arrival must not decide
            one[scan.hash] = scan
    return sorted(one.values(), key=_OF_BRANCH)


def stretches(scans: Sequence[ScanFact]) -> list[list[ScanFact]]:
    """Split scans where none was for as long as a rest, in order of time; each part keeps the order in which it came.

    A log whose proved times fall back across such a rest is of two devices, one of them a copy that nobody has noticed yet:
    which of its entries came first in the log says nothing about the people. (Such a rest is where histories are cut, too.)
    """
    times = sorted(scan.at_ms for scan in scans)
    starts = [after for before, after in pairwise(times) if after - before >= DEFAULTS.rest_ms]
    found: list[list[ScanFact]] = [[] for _ in range(len(starts) + 1)]
    for scan in scans:
        found[bisect_right(starts, scan.at_ms)].append(scan)
    return found


def branches(scans: Sequence[ScanFact]) -> list[Branch]:
    """Split scans, sorted as by `distinct`, into branches whose seqs strictly ascend (A2).

    Where two scans have one seq and no branch is named, the lower hash goes to the first branch and the other to the next.
    An attested end is a branch of its own: the time stated says nothing about when the entries around it were written.
    """
    found = []
    stated = [scan for scan in scans if is_stated(scan)]
    if stated:
        scans = [scan for scan in scans if not is_stated(scan)]
        found = [Branch(f"{scan.log} {scan.hash.hex()}", False, [scan]) for scan in stated]
    for (log, branch), group in groupby(scans, key=attrgetter("log", "branch")):
        lanes: list[list[ScanFact]] = []
        for _, same_seq in groupby(group, key=attrgetter("seq")):
            for number, scan in enumerate(same_seq):
                if number == len(lanes):
                    lanes.append([])
                lanes[number].append(scan)
        found += [Branch(log, branch != b"", lane) for lane in lanes]
    return found


def is_stated(scan: ScanFact) -> bool:
    """Tell an end that a lead attested from one that was scanned."""
    return scan.more is not None and scan.more.stated


def in_order(parts: Sequence[Branch], goes_out: Callable[[ScanFact], bool]) -> Iterator[ScanFact]:
    """Merge branches into the order of the walk.

    goes_out: whether a scan is an out, a guess as of just before its instant. It is asked only where two branches' next
    scans have the same time, when every scan given so far has been walked.
    """
    trunks = {part.log for part in parts if not part.follows and part.scans}
    ready = [part for part in parts if not (part.follows and part.log in trunks)]
    waiting = [part for part in parts if part.follows and part.log in trunks]
    rest = [_Rest(part) for part in ready if part.scans]
    if len(rest) == 1 and not waiting:
        yield from rest[0].scans
        return
    heap = [(head.scans[0].at_ms, number) for number, head in enumerate(rest)]
    heapify(heap)
    while heap:
        number = _least(heap, rest, goes_out)
        branch = rest[number]
        scan = branch.scans[branch.next]
        yield scan
        branch.next += 1
        if branch.next < len(branch.scans):
            heappush(heap, (branch.scans[branch.next].at_ms, number))
        elif waiting:
            waiting = _release(branch.log, waiting, rest, heap)


class _Rest:
    """What is still to come of a branch."""

    __slots__ = ("log", "next", "scans")

    def __init__(self, branch: Branch) -> None:
        self.log = branch.log
        self.scans = branch.scans
        self.next = 0


_OF_BRANCH = attrgetter("log", "branch", "seq", "hash")
_Heap = list[tuple[int, int]]


def _least(heap: _Heap, rest: list[_Rest], goes_out: Callable[[ScanFact], bool]) -> int:
    """Take the least next scan off the heap; of several at one time: outs before ins, then log, seq, hash."""
    at_ms, number = heappop(heap)
    tied = [number]
    while heap and heap[0][0] == at_ms:
        tied.append(heappop(heap)[1])
    if len(tied) == 1:
        return number

    def rank(number: int) -> tuple[bool, str, int, bytes]:
        scan = rest[number].scans[rest[number].next]
        return not goes_out(scan), scan.log, scan.seq, scan.hash

    least = min(tied, key=rank)
    for other in tied:
        if other != least:
            heappush(heap, (at_ms, other))
    return least


def _release(log: str, waiting: list[Branch], rest: list[_Rest], heap: _Heap) -> list[Branch]:
    """Let the branches of a log go on when its trunk has ended; give those that still wait."""
    for part in waiting:
        if part.log == log and part.scans:
            heappush(heap, (part.scans[0].at_ms, len(rest)))
            rest.append(_Rest(part))
    return [part for part in waiting if part.log != log]
