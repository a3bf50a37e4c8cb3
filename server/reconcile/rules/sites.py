"""Rules about two sites at once: B10 (overlap) and B11 (nobody travels that fast)."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from operator import attrgetter

from server.reconcile.facts import Finding, Reference, ScanFact
from server.reconcile.minutes import day_of, overlaps
from server.reconcile.policy import HOUR_MS, MINUTE_MS, Policy
from server.reconcile.rules.case import Case, on_record
from server.reconcile.rules.clock import between_within_ms

_EARTH_M = 6_371_009
"""Mean radius of the earth in metres (IUGG)."""

_AT_MS = attrgetter("at_ms")


def b10(cases: Sequence[Case]) -> Iterator[Finding]:
    """Find records that overlap one at another site: a finding for each of the two.

    What is walked apart (A5, D3) is left out until it is freed: a stolen badge must not hold the hours of whoever has the
    new one.
    """
    whole = [case for case in cases if case.length_ms > 0 and not _is_apart(case)]
    spans = [(case.stay.opened.at_ms, _end_ms(case)) for case in whole]
    for earlier, later, shared_ms in overlaps(spans):
        one, other = whole[earlier], whole[later]
        if one.stay.opened.site == other.stay.opened.site or not _is_beyond(one, other, shared_ms):
            continue
        minutes = shared_ms // MINUTE_MS
        for case, against in ((one, other), (other, one)):
            opened, second = case.stay.opened, against.stay.opened
            about = {"other": second.hash.hex(), "other_site": second.site}
            yield on_record("B10", case, entries=(opened, second), minutes=minutes, **about)


def _is_beyond(one: Case, other: Case, shared_ms: int) -> bool:
    """Tell whether two records overlap by more than allowed, beyond what is uncertain about the two ends concerned."""
    starts = max(one.stay.opened, other.stay.opened, key=_AT_MS)
    ends = min(one.ends[-1], other.ends[-1], key=_AT_MS)
    return shared_ms > one.policy.two_sites_ms + between_within_ms(starts, ends)


def b11(cases: Sequence[Case], reference: Reference) -> Iterator[Finding]:
    """Hold a record that began sooner after the person left the site before than anyone travels."""
    before: Case | None = None
    for case in cases:
        if _is_apart(case):
            continue
        opened, closed, _ = case.stay
        if before is not None and not _overlap(before, case):
            left = before.ends[-1]
            found = too_fast(left, opened, case.policy, reference)
            if found:
                yield on_record("B11", case, entries=(left, opened), **found)
        if closed is not None and (before is None or closed.at_ms >= before.ends[-1].at_ms):
            before = case


def too_fast(
    left: ScanFact, came: ScanFact, policy: Policy, reference: Reference
) -> dict[str, int | str]:
    """Give distance and time between leaving one site and coming to another, if nobody travels that fast; else nothing."""
    if left.site == came.site:
        return {}
    distance = distance_m(left.site, came.site, day_of(came.at_ms), reference)
    if distance is None or distance < policy.near_m:
        return {}
    at_most_ms = came.at_ms - left.at_ms + between_within_ms(left, came)
    if distance * HOUR_MS <= policy.speed_kmh * 1000 * at_most_ms:
        return {}
    minutes = (came.at_ms - left.at_ms) // MINUTE_MS
    return {"distance_m": distance, "minutes": minutes, "out_site": left.site}


def distance_m(one: str, other: str, day: int, reference: Reference) -> int | None:
    """Give the great-circle distance between two sites in metres, None where one has no coordinates."""
    here, there = reference.place(one, day), reference.place(other, day)
    return None if here is None or there is None else great_circle_m(*here, *there)


@lru_cache(maxsize=65_536)
def great_circle_m(latitude: int, longitude: int, latitude2: int, longitude2: int) -> int:
    """Give the distance between two places, in millionths of a degree, by the haversine formula, floored to metres."""
    south, north = radians(latitude / 1e6), radians(latitude2 / 1e6)
    turn = radians((longitude2 - longitude) / 1e6)
    root = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(turn / 2) ** 2
    return int(2 * _EARTH_M * asin(min(1.0, sqrt(root))))


def _overlap(before: Case, case: Case) -> bool:
    """Tell whether two records overlap by more than B10 allows: then B10 speaks."""
    shared_ms = min(_end_ms(before), _end_ms(case)) - case.stay.opened.at_ms
    return _is_beyond(before, case, shared_ms)


def _end_ms(case: Case) -> int:
    return case.stay.opened.at_ms + case.length_ms


def _is_apart(case: Case) -> bool:
    return any(scan.apart for scan in case.ends)
