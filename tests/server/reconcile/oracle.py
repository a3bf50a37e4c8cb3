"""The rules again, as naively as can be: lists instead of heaps, single minutes instead of intervals. Only for comparison.

It imports nothing of the product: facts and reference data are read by the names of their fields.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

Facts = Any
"""A `PersonFacts`, a `ScanFact`, the reference data of a test: whatever has these fields."""

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def day_of(at_ms: int) -> int:
    return (at_ms + 8 * HOUR) // DAY


def is_stated(scan: Facts) -> bool:
    return scan.more is not None and scan.more.stated


def written(scan: Facts) -> tuple[int, str, int, bytes]:
    return scan.more.written_ms, scan.log, scan.seq, scan.hash


@dataclass
class Stay:
    opened: Facts
    closed: Facts = None
    is_open: bool = True

    @property
    def length_ms(self) -> int:
        return self.closed.at_ms - self.opened.at_ms if self.closed else 0

    @property
    def minutes(self) -> range:
        end_ms = self.closed.at_ms if self.closed else self.opened.at_ms
        return range(self.opened.at_ms // MINUTE, end_ms // MINUTE)


class Oracle:
    """Walks one list of scans, keeping every counted scan it ever met."""

    def __init__(self, books: Facts) -> None:
        self.figures = books.figures
        self.stays: list[Stay] = []
        self.counted: list[tuple[Facts, str]] = []
        self.closing_outs: list[Facts] = []
        self.repeats: list[Facts] = []
        self.lone_outs: list[Facts] = []
        self.stands_for: dict[bytes, bytes] = {}
        self.waiting: list[Facts] = []

    def open_at(self, site: str) -> Stay | None:
        found = [stay for stay in self.stays if stay.is_open and stay.opened.site == site]
        return found[-1] if found else None

    def ended_at(self, site: str, at_ms: int) -> Stay | None:
        """The stay opened last at a site, if it has an end and might still be open at this time."""
        here = [stay for stay in self.stays if stay.opened.site == site]
        if not here or here[-1].closed is None:
            return None
        return here[-1] if at_ms - here[-1].opened.at_ms <= self.figures.open_ms_max else None

    def direction(self, scan: Facts) -> str:
        if scan.chosen:
            return str(scan.direction)
        stay = self.open_at(scan.site)
        near = stay and scan.at_ms - stay.opened.at_ms <= self.figures.guess_open_ms
        return "out" if near else "in"

    def repeats_one(self, scan: Facts) -> Facts:
        for index in reversed(range(len(self.counted))):
            last, direction = self.counted[index]
            if is_stated(last) or last.site != scan.site:
                continue
            if scan.chosen and direction != scan.direction:
                continue
            between = [way for _, way in self.counted[index + 1 :]]
            soon = scan.at_ms - last.at_ms <= self.figures.repeat_ms
            return last if soon and all(way == direction for way in between) else None
        return None

    def take(self, scan: Facts) -> None:
        for stay in self.stays:
            if scan.at_ms - stay.opened.at_ms > self.figures.open_ms_max:
                stay.is_open = False
        if is_stated(scan):
            self.take_stated(scan)
            return
        repeated = self.repeats_one(scan)
        if repeated is not None:
            self.repeats.append(scan)
            self.stands_for[scan.hash] = repeated.hash
            return
        direction = self.direction(scan)
        self.counted.append((scan, direction))
        if direction == "in":
            self.go_in(scan)
        else:
            self.go_out(scan)

    def go_in(self, scan: Facts) -> None:
        own = self.open_at(scan.site)
        if own and is_stated(own.opened):
            self.stands_for[own.opened.hash] = scan.hash
            self.stays.remove(own)
        elif own:
            own.is_open = False
        self.stays.append(Stay(scan))

    def go_out(self, scan: Facts) -> None:
        own = self.open_at(scan.site)
        ended = self.ended_at(scan.site, scan.at_ms)
        second = any(
            out.site == scan.site and scan.at_ms - out.at_ms <= self.figures.second_out_ms
            for out in self.closing_outs
        )
        elsewhere = [stay for stay in self.stays if stay.is_open]
        if own is None and ended and is_stated(ended.closed):
            self.stands_for[ended.closed.hash] = scan.hash
            own = ended
        elif own is None and elsewhere and not second:
            own = elsewhere[-1]
        if own is None:
            self.lone_outs.append(scan)
            return
        own.closed, own.is_open = scan, False
        self.closing_outs.append(scan)

    def take_stated(self, scan: Facts) -> None:
        own = self.open_at(scan.site)
        if scan.direction == "in":
            if own and not (is_stated(own.opened) and written(scan) > written(own.opened)):
                self.stands_for[scan.hash] = own.opened.hash
                return
            if own:
                self.stands_for[own.opened.hash] = scan.hash
                self.stays.remove(own)
            self.counted.append((scan, "in"))
            self.stays.append(Stay(scan))
        elif scan.more.about:
            opening = self.stood_for(scan.more.about)
            named = [s for s in self.stays if s.is_open and s.opened.hash == opening]
            if not named:
                self.waiting.append(scan)
                return
            self.counted.append((scan, "out"))
            named[0].closed, named[0].is_open = scan, False
        elif own:
            self.counted.append((scan, "out"))
            own.closed, own.is_open = scan, False
        elif ended := self.ended_at(scan.site, scan.at_ms):
            self.close_again(ended, scan)
        else:
            self.lone_outs.append(scan)

    def close_again(self, stay: Stay, scan: Facts) -> None:
        closed = stay.closed
        if closed is None or (is_stated(closed) and written(scan) > written(closed)):
            if closed is not None:
                self.stands_for[closed.hash] = scan.hash
            stay.closed = scan
        else:
            self.stands_for[scan.hash] = closed.hash

    def stood_for(self, entry: bytes) -> bytes:
        while entry in self.stands_for:
            entry = self.stands_for[entry]
        return entry

    def end(self) -> None:
        for stay in self.stays:
            stay.is_open = False
        for scan in self.waiting:
            opening = self.stood_for(scan.more.about)
            named = [stay for stay in self.stays if stay.opened.hash == opening]
            if named:
                self.close_again(named[0], scan)
            else:
                self.lone_outs.append(scan)


def walk(scans: Iterable[Facts], books: Facts) -> Oracle:
    """Merge by log and walk. No forks here: a log is one branch, and an attest one of its own; so is each after a rest."""
    state = Oracle(books)
    queues: dict[tuple[str, int], list[Facts]] = {}
    left = without_earlier_words(sorted(set(scans), key=lambda scan: scan.seq), state)
    for scan in left:
        name = repr(scan.hash) if is_stated(scan) else scan.log
        queues.setdefault((name, rests_before(scan, left)), []).append(scan)
    instant: int | None = None
    direction_before: Callable[[Facts], str] = state.direction
    while heads := [queue[0] for queue in queues.values() if queue]:
        if min(head.at_ms for head in heads) != instant:
            instant = min(head.at_ms for head in heads)
            direction_before = _frozen(state)
        way = direction_before
        least = min(heads, key=lambda s: (s.at_ms, way(s) != "out", s.log, s.seq, s.hash))
        next(queue for queue in queues.values() if queue and queue[0] is least).pop(0)
        state.take(least)
    state.end()
    return state


def rests_before(scan: Facts, scans: list[Facts]) -> int:
    """How often, before this scan, none of the person was for eight hours."""
    times = sorted(one.at_ms for one in scans if one.at_ms <= scan.at_ms)
    return sum(1 for place in range(1, len(times)) if times[place] - times[place - 1] >= 8 * HOUR)


def without_earlier_words(scans: list[Facts], state: Oracle) -> list[Facts]:
    """Of attests about one end of one entry leave the one written last."""
    left = []
    for scan in scans:
        if is_stated(scan) and scan.more.about:
            same = [
                other
                for other in scans
                if is_stated(other)
                and other.more.about == scan.more.about
                and other.direction == scan.direction
            ]
            last = max(same, key=written)
            if last is not scan:
                state.stands_for[scan.hash] = last.hash
                continue
        left.append(scan)
    return left


def _frozen(state: Oracle) -> Callable[[Facts], str]:
    """Give what directions would be now, whatever happens later at this instant."""
    then = [Stay(s.opened, s.closed, s.is_open) for s in state.stays]

    def direction(scan: Facts) -> str:
        now, state.stays = state.stays, then
        try:
            return state.direction(scan)
        finally:
            state.stays = now

    return direction


class Meaning:
    """What all facts of a person mean, minute by minute."""

    def __init__(self, who: str, facts: Facts, books: Facts) -> None:
        self.who, self.facts, self.books, self.figures = who, facts, books, books.figures
        self.doubted: set[bytes] = set()
        self.void_by: dict[bytes, str] = {}
        every = list({scan.hash: scan for scan in facts.scans}.values())
        scans = [self.judged(scan) for scan in every if not self.is_undone(scan)]
        self.walks = [
            walk([s for s in scans if bool(s.apart) == apart], books) for apart in (False, True)
        ]
        self.stays = sorted(
            (stay for state in self.walks for stay in state.stays),
            key=lambda stay: (stay.opened.at_ms, stay.opened.hash),
        )
        self.decisions = self.in_force()
        self.orphans: dict[bytes, list[Facts]] = {}
        self.by_record: dict[bytes, list[Facts]] = {}
        for decision in self.decisions:
            record = self.record_of(decision.record)
            target = self.orphans if record is None else self.by_record
            target.setdefault(record or decision.record, []).append(decision)

    def is_undone(self, scan: Facts) -> bool:
        undone = False
        for void in self.facts.voids:
            if (void.target, void.log) != (scan.hash, scan.log) or void.seq <= scan.seq:
                continue
            since = scan.more.written_ms if is_stated(scan) else scan.at_ms
            if void.at_ms - since <= self.figures.undo_ms:
                undone = True
            elif void.by and void.reason:
                self.doubted.add(scan.hash)
        return undone

    def judged(self, scan: Facts) -> Facts:
        gone = any(
            scan.serial <= revoked.serial and scan.at_ms >= revoked.from_ms
            for revoked in self.books.revocations(scan.who)
        )
        if gone and not scan.apart and scan.how != "typed" and not is_stated(scan):
            return scan._replace(apart="D3")
        return scan

    def in_force(self) -> list[Facts]:
        ordered = sorted(set(self.facts.decisions), key=lambda d: (d.order, d.hash))

        def stands(place: int) -> bool:
            later = range(place + 1, len(ordered))
            own = ordered[place].hash
            return not any(ordered[at].undoes == own and stands(at) for at in later)

        return [d for place, d in enumerate(ordered) if not d.undoes and stands(place)]

    def record_of(self, entry: bytes) -> bytes | None:
        for state in self.walks:
            found = state.stood_for(entry)
            for stay in state.stays:
                if found in (stay.opened.hash, stay.closed.hash if stay.closed else None):
                    return bytes(stay.opened.hash)
        return None

    def shifts(self, stay: Stay) -> list[Facts]:
        began = day_of(stay.opened.at_ms)
        return sorted(set(self.books.shifts(self.who, stay.opened.site, began)))

    def post(self, stay: Stay) -> tuple[Facts, bool]:
        """The post, and whether it is that of an assigned shift."""
        shifts = self.shifts(stay)
        if not shifts:
            return self.books.posts.get(stay.opened.post), False
        start, end = stay.opened.at_ms, stay.opened.at_ms + stay.length_ms

        def rank(shift: Facts) -> tuple[int, int, int, str]:
            shared = max(0, min(end, shift.end_ms) - max(start, shift.start_ms))
            return -shared, abs(shift.start_ms - start), shift.start_ms, shift.code

        return self.books.posts.get(min(shifts, key=rank).post), True

    def is_held(self, stay: Stay) -> bool:
        opened, closed, figures = stay.opened, stay.closed, self.figures
        ends = [opened] if closed is None else [opened, closed]
        within = uncertain(opened, closed) if closed else 0
        numbers = {self.who, *self.facts.numbers}
        post, assigned = self.post(stay)
        overlapped = sum(
            shift.end_ms - shift.start_ms
            for shift in self.shifts(stay)
            if shift.start_ms < opened.at_ms + stay.length_ms and opened.at_ms < shift.end_ms
        )
        most_ms = figures.shift_percent * overlapped // 100 if overlapped else figures.long_ms
        walked_in = any(one.who == self.who for one in self.facts.walk_ins)
        return (
            closed is None
            or stay.length_ms < figures.short_ms
            or stay.length_ms > most_ms
            or within > figures.uncertain_ms
            or any(scan.apart for scan in ends)
            or any(0 < scan.expires_s * 1000 < scan.at_ms for scan in ends)
            or any(s.more and s.more.late_ms > figures.later_anchor_ms for s in ends)
            or any(
                s.more
                and s.more.phone_ms
                and abs(s.at_ms - s.more.phone_ms) > figures.pass_fresh_ms + s.within_ms
                for s in ends
            )
            or any(s.hash in self.doubted for s in ends)
            or any(s.more and s.more.by in numbers for s in ends)
            or any(is_stated(s) and not s.more.reason for s in ends)
            or (walked_in and not self.books.is_known(self.who))
            or (post is not None and self.lacks(post, day_of(opened.at_ms)))
            or (post is not None and post.role == "paid" and not assigned)
            or self.is_uncertified(stay)
            or any(
                self.record_of(hold.record) == opened.hash and hold.severity != "note"
                for hold in self.facts.holds
            )
            or any(self.overlap_elsewhere(stay, other) for other in self.stays)
            or self.is_too_fast(stay)
        )

    def lacks(self, post: Facts, day: int) -> bool:
        has = {
            "insurance": any(
                c.first_day <= day and (c.last_day is None or day <= c.last_day)
                for c in self.books.insurances(self.who, day)
            ),
            "18": self.is_of_age(day, 18),
        }
        trained = self.books.trainings(self.who, day)
        return any(not has.get(need, need in trained) for need in post.needs)

    def is_of_age(self, day: int, years: int) -> bool:
        born = self.books.born(self.who, day)
        if born is None:
            return False
        epoch = date(1970, 1, 1)
        birth, today = epoch + timedelta(born), epoch + timedelta(day)
        passed = (today.month, today.day) >= (birth.month, birth.day)
        return today.year - birth.year - (not passed) >= years

    def is_uncertified(self, stay: Stay) -> bool:
        day = day_of(stay.opened.at_ms)
        return bool(self.figures.certified_only) and not self.books.is_certified(
            stay.opened.site, day
        )

    def overlap_elsewhere(self, stay: Stay, other: Stay) -> bool:
        """B10, for either of the two."""
        if stay.opened.site == other.opened.site or not (stay.closed and other.closed):
            return False
        if any(s.apart for s in (stay.opened, stay.closed, other.opened, other.closed)):
            return False
        if stay.length_ms <= 0 or other.length_ms <= 0:
            return False
        first, second = sorted((stay, other), key=lambda s: (s.opened.at_ms, self.stays.index(s)))
        start = max(first.opened, second.opened, key=lambda scan: scan.at_ms)
        end = min(first.closed, second.closed, key=lambda scan: scan.at_ms)
        shared_ms = end.at_ms - start.at_ms
        return bool(shared_ms > self.figures.two_sites_ms + uncertain(start, end))

    def is_too_fast(self, stay: Stay) -> bool:
        """B11: from the last site left before this record, in the order of beginnings."""
        if any(scan.apart for scan in (stay.opened, stay.closed) if scan):
            return False
        before = [
            other
            for other in self.stays[: self.stays.index(stay)]
            if other.closed and not (other.opened.apart or other.closed.apart)
        ]
        if not before:
            return False
        latest = max(before, key=lambda s: (s.closed.at_ms, self.stays.index(s)))
        if self.shares_beyond(latest, stay):
            return False
        left, came = latest.closed, stay.opened
        here, there = self.books.places.get(left.site), self.books.places.get(came.site)
        if left.site == came.site or here is None or there is None:
            return False
        distance = int(great_circle_m(here, there))
        hours = (came.at_ms - left.at_ms + uncertain(left, came)) / HOUR
        if distance < self.figures.near_m:
            return False
        return hours <= 0 or distance / 1000 / hours > self.figures.speed_kmh

    def shares_beyond(self, one: Stay, other: Stay) -> bool:
        """Whether they overlap by more than B10 allows, at whatever sites."""
        if other.closed is None:
            return False
        start = max(one.opened, other.opened, key=lambda scan: scan.at_ms)
        end = min(one.closed, other.closed, key=lambda scan: scan.at_ms)
        shared_ms = min(one.closed.at_ms, other.closed.at_ms) - other.opened.at_ms
        return bool(shared_ms > self.figures.two_sites_ms + uncertain(start, end))

    def verdicts(self, stay: Stay) -> dict[int, tuple[str, bool]]:
        """What each minute of one record is, and whether a decision approved it."""
        post, assigned = self.post(stay)
        refused = post is not None and post.role == "paid" and assigned
        held = self.is_held(stay)
        shifts = self.shifts(stay)
        stated = any(s.more and s.more.by for s in (stay.opened, stay.closed) if s)
        found: dict[int, tuple[str, bool]] = {}
        break_from = stay.minutes.stop - (
            self.figures.break_minutes
            if self.figures.break_after_minutes
            and stay.length_ms > self.figures.break_after_minutes * MINUTE
            else 0
        )
        for minute in stay.minutes:
            early, late = self.figures.before_shift_ms, self.figures.after_shift_ms
            served = any(
                (s.start_ms - early) // MINUTE <= minute < (s.end_ms + late) // MINUTE
                for s in shifts
            )
            planned = any(s.start_ms // MINUTE <= minute < s.end_ms // MINUTE for s in shifts)
            outside = bool(shifts) and (not served or (stated and not planned))
            verdict = "held" if held or outside else "credited"
            if refused or minute >= break_from:
                verdict = "refused"
            found[minute] = verdict, False
        decisions = self.by_record.get(stay.opened.hash, [])
        return self.decided(found, decisions) if decisions else found

    def decided(
        self, found: dict[int, tuple[str, bool]], decisions: list[Facts]
    ) -> dict[int, tuple[str, bool]]:
        found = dict.fromkeys(found, ("held", False))
        for decision in decisions:
            for start, end, verdict in decision.intervals:
                for minute in range(start, end):
                    found[minute] = verdict, verdict == "credited"
        return found

    def postings(self) -> Counter[tuple[bytes, int, str]]:
        """Count minutes one by one, as (record, local date, verdict)."""
        records = [
            (stay.opened.at_ms, stay.opened.hash, self.verdicts(stay)) for stay in self.stays
        ]
        for entry, decisions in self.orphans.items():
            said = self.decided({}, decisions)
            minutes = {minute: one for minute, one in said.items() if one[1]}
            kept = [
                m
                for d in decisions
                for a, b, v in d.intervals
                if v == "credited"
                for m in range(a, b)
            ]
            if kept:
                records.append((min(kept) * MINUTE, entry, minutes))
        records.sort(key=lambda record: (record[0], record[1]))
        claims: dict[int, list[tuple[int, int, bool]]] = {}
        for rank, (_, _, minutes) in enumerate(records):
            for minute, (verdict, approved) in minutes.items():
                weight = ("credited", "held", "refused").index(verdict)
                claims.setdefault(minute, []).append((weight, rank, approved))
        won = {minute: min(claimed) for minute, claimed in claims.items()}
        over = self.over({m: (w, approved) for m, (w, _, approved) in won.items()})
        total: Counter[tuple[bytes, int, str]] = Counter()
        for minute, (weight, rank, _) in won.items():
            verdict = "held" if minute in over else ("credited", "held", "refused")[weight]
            total[records[rank][1], day_of(minute * MINUTE), verdict] += 1
        return total

    def over(self, minutes: dict[int, tuple[int, bool]]) -> set[int]:
        """The minutes past a limit of the day or year that nobody approved."""
        frozen = {
            minute
            for one in self.facts.frozen
            for start, end, verdict in one.intervals
            if verdict != "refused"
            for minute in range(start, end)
        }
        counted = [m for m, (weight, _) in minutes.items() if weight < 2]
        counted.sort(key=lambda m: (not (minutes[m][1] or m in frozen), m))
        days: Counter[int] = Counter()
        years: Counter[int] = Counter()
        past = set()
        limits = [
            self.figures.day_minutes,
            self.figures.day_city_minutes,
            self.figures.day_cap_minutes,
        ]
        for minute in counted:
            day = day_of(minute * MINUTE)
            year = (date(1970, 1, 1) + timedelta(day)).year
            days[day] += 1
            years[year] += 1
            is_over = any(limit and days[day] > limit for limit in limits)
            cap = self.figures.year_cap_minutes
            if (is_over or (cap and years[year] > cap)) and not minutes[minute][1]:
                past.add(minute)
        return past

    def grades(self) -> dict[bytes, str]:
        return {stay.opened.hash: grade(stay) for stay in self.stays}


def grade(stay: Stay) -> str:
    ends = [scan for scan in (stay.opened, stay.closed) if scan]
    stated = [scan for scan in ends if is_stated(scan)]
    scanned = [scan for scan in ends if not is_stated(scan)]
    if any(scan.how == "paper" for scan in stated):
        return "E"
    if any(scan.how == "typed" or (scan.more and scan.more.by) for scan in scanned):
        return "D"
    if stated:
        return "C" if scanned else "D"
    return "A" if all(scan.how == "pass" for scan in ends) else "B"


def uncertain(one: Facts, other: Facts) -> int:
    within = one.within_ms + other.within_ms
    if (one.log, one.branch, one.base) == (other.log, other.branch, other.base):
        within -= min(one.common_ms, other.common_ms)
    return int(within)


def great_circle_m(here: tuple[int, int], there: tuple[int, int]) -> float:
    """The haversine formula on a sphere of 6,371,009 m, from millionths of a degree."""
    (a, b), (c, d) = ([radians(value / 1e6) for value in place] for place in (here, there))
    root = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * 6_371_009 * asin(sqrt(root))


def postings(who: str, facts: Facts, books: Facts) -> Counter[tuple[bytes, int, str]]:
    """Count minutes one by one, as (record, local date, verdict)."""
    return Meaning(who, facts, books).postings()
