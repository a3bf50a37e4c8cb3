"""Family A: what arrived, from where. A1 (the same entry again) is `order.distinct`; A4 comes with the closing of periods."""

from collections.abc import Sequence
from typing import NamedTuple

from server.reconcile.facts import Finding, Fork, Gap, ScanFact
from server.reconcile.minutes import day_of
from server.reconcile.order import Branch, is_stated
from server.reconcile.policy import Policy
from server.reconcile.rules.case import Case, on_kiosk, on_record, on_scan


class Beaten(NamedTuple):
    """A scan that stands on two branches of a fork: `counted`, with the lower hash, counts for both."""

    scan: ScanFact
    counted: ScanFact


def a2_beaten(parts: Sequence[Branch]) -> list[Beaten]:
    """Find one person's scans of the same direction at the same device millisecond on two branches of one log (A2)."""
    same: dict[tuple[str, str, int], list[tuple[bytes, int, ScanFact]]] = {}
    for number, part in enumerate(parts):
        for scan in part.scans:
            if scan.forked and not is_stated(scan):
                key = (scan.log, scan.direction, scan.wall_ms)
                same.setdefault(key, []).append((scan.hash, number, scan))
    found = []
    for scans in same.values():
        _, branch, counted = min(scans)
        found += [Beaten(scan, counted) for _, number, scan in scans if number != branch]
    return found


def a2_scan(who: str, beaten: Beaten, record: bytes) -> Finding:
    """Note that of two scans on two branches one counts."""
    scan = beaten.scan
    return on_scan("A2", who, scan, record=record, other=beaten.counted, wall_ms=scan.wall_ms)


def a2_record(case: Case) -> Finding | None:
    """Note that a record has an end on a branch of a fork; it is credited as it stands."""
    forked = [scan for scan in case.ends if scan.forked]
    return on_record("A2", case, entries=forked) if forked else None


def a2_kiosk(fork: Fork) -> Finding:
    """Raise an alarm on a kiosk that was cloned or restored."""
    return on_kiosk("A2", fork.log, fork.site, {"seq": fork.seq}, entries=fork.hashes)


def a3(gap: Gap) -> Finding:
    """Name a gap and the local dates that it makes incomplete; without a neighbour the date on that side is left out."""
    figures: dict[str, int | str] = {"first": gap.first, "last": gap.last}
    if gap.after_ms is not None:
        figures["first_day"] = day_of(gap.after_ms)
    if gap.before_ms is not None:
        figures["last_day"] = day_of(gap.before_ms)
    return on_kiosk("A3", gap.log, gap.site, figures, entries=())


def a5_record(case: Case) -> Finding | None:
    """Hold a record with an end for which the log does not stand."""
    apart = [scan for scan in case.ends if scan.apart == "A5"]
    return on_record("A5", case, entries=apart) if apart else None


def a5_scan(who: str, scan: ScanFact, _policy: Policy) -> Finding | None:
    """Hold an unpaired out for which the log does not stand."""
    return on_scan("A5", who, scan) if scan.apart == "A5" else None
