"""The rules again, as naively as can be: lists instead of heaps, single minutes instead of intervals. Only for comparison."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.reconcile.facts import ScanFact
from server.reconcile.policy import DAY_MS, HOUR_MS
from tests.server.reconcile.builders import Books


@dataclass
class Stay:
    opened: ScanFact
    closed: ScanFact | None = None
    is_open: bool = True

    @property
    def minutes(self) -> range:
        end_ms = self.closed.at_ms if self.closed else self.opened.at_ms
        return range(self.opened.at_ms // 60_000, end_ms // 60_000)


class Oracle:
    """Walks one list of scans, keeping every counted scan it ever met."""

    def __init__(self, books: Books) -> None:
        self.figures = books.figures
        self.stays: list[Stay] = []
        self.counted: list[tuple[ScanFact, str]] = []
        self.closing_outs: list[ScanFact] = []
        self.repeats: list[ScanFact] = []
        self.lone_outs: list[ScanFact] = []

    def open_at(self, site: str) -> Stay | None:
        found = [stay for stay in self.stays if stay.is_open and stay.opened.site == site]
        return found[-1] if found else None

    def direction(self, scan: ScanFact) -> str:
        if scan.chosen:
            return scan.direction
        stay = self.open_at(scan.site)
        near = stay and scan.at_ms - stay.opened.at_ms <= self.figures.guess_open_ms
        return "out" if near else "in"

    def repeats_one(self, scan: ScanFact) -> bool:
        for index in reversed(range(len(self.counted))):
            last, direction = self.counted[index]
            if last.site != scan.site or (scan.chosen and direction != scan.direction):
                continue
            between = [way for _, way in self.counted[index + 1 :]]
            soon = scan.at_ms - last.at_ms <= self.figures.repeat_ms
            return soon and all(way == direction for way in between)
        return False

    def take(self, scan: ScanFact) -> None:
        for stay in self.stays:
            if scan.at_ms - stay.opened.at_ms > self.figures.open_ms_max:
                stay.is_open = False
        if self.repeats_one(scan):
            self.repeats.append(scan)
            return
        direction = self.direction(scan)
        self.counted.append((scan, direction))
        own = self.open_at(scan.site)
        if direction == "in":
            if own:
                own.is_open = False
            self.stays.append(Stay(scan))
            return
        second = any(
            out.site == scan.site and scan.at_ms - out.at_ms <= self.figures.second_out_ms
            for out in self.closing_outs
        )
        elsewhere = [stay for stay in self.stays if stay.is_open]
        if own is None and elsewhere and not second:
            own = elsewhere[-1]
        if own is None:
            self.lone_outs.append(scan)
            return
        own.closed, own.is_open = scan, False
        self.closing_outs.append(scan)


def walk(scans: Iterable[ScanFact], books: Books) -> Oracle:
    """Merge by log and walk. No forks here: a log is one branch."""
    logs: dict[str, list[ScanFact]] = {}
    for scan in sorted(set(scans), key=lambda scan: scan.seq):
        logs.setdefault(scan.log, []).append(scan)
    state = Oracle(books)
    instant: int | None = None
    direction_before: Callable[[ScanFact], str] = state.direction
    while heads := [queue[0] for queue in logs.values() if queue]:
        if min(head.at_ms for head in heads) != instant:
            instant = min(head.at_ms for head in heads)
            direction_before = _frozen(state)
        way = direction_before
        least = min(heads, key=lambda s: (s.at_ms, way(s) != "out", s.log, s.seq, s.hash))
        logs[least.log].remove(least)
        state.take(least)
    return state


def _frozen(state: Oracle) -> Callable[[ScanFact], str]:
    """Give what directions would be now, whatever happens later at this instant."""
    then = [Stay(s.opened, s.closed, s.is_open) for s in state.stays]

    def direction(scan: ScanFact) -> str:
        now, state.stays = state.stays, then
        try:
            return state.direction(scan)
        finally:
            state.stays = now

    return direction


def postings(scans: Iterable[ScanFact], books: Books) -> Counter[tuple[bytes, int, str]]:
    """Count minutes one by one, as (record, local date, verdict). Held: apart, short, or with an uncertain or expired end."""
    facts = list(scans)
    walks = [walk([s for s in facts if bool(s.apart) == apart], books) for apart in (False, True)]
    stays = sorted(
        (stay for state in walks for stay in state.stays),
        key=lambda stay: (stay.opened.at_ms, stay.opened.hash),
    )
    claims: dict[int, list[tuple[bool, int]]] = {}
    for rank, stay in enumerate(stays):
        for minute in stay.minutes:
            claims.setdefault(minute, []).append((_is_held(stay, books), rank))
    total: Counter[tuple[bytes, int, str]] = Counter()
    for minute, claimed in claims.items():
        held, rank = min(claimed)
        day = (minute * 60_000 + 8 * HOUR_MS) // DAY_MS
        total[stays[rank].opened.hash, day, "held" if held else "credited"] += 1
    return total


def _is_held(stay: Stay, books: Books) -> bool:
    opened, closed = stay.opened, stay.closed
    if closed is None:
        return True
    within_ms = opened.within_ms + closed.within_ms
    if opened.log == closed.log and opened.base == closed.base:
        within_ms -= min(opened.common_ms, closed.common_ms)
    return (
        closed.at_ms - opened.at_ms < books.figures.short_ms
        or within_ms > books.figures.uncertain_ms
        or any(scan.apart for scan in (opened, closed))
        or any(0 < scan.expires_s * 1000 < scan.at_ms for scan in (opened, closed))
    )
