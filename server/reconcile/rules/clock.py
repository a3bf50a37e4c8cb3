"""Family C: what wrong or uncertain clocks mean for a record."""

from server.reconcile.facts import Finding, ScanFact
from server.reconcile.pairing import Stay
from server.reconcile.rules.catalogue import Case, on_record
from sync.clock import Instant, length_within_ms


def c1(case: Case) -> Finding | None:
    """Note a kiosk clock that was wrong and is corrected by an anchor of its boot; the figures say by how much."""
    ends = zip(("in_ahead_ms", "out_ahead_ms"), case.ends, strict=False)
    off = {name: scan for name, scan in ends if is_off(scan, case.policy.clock_note_ms)}
    if not off:
        return None
    ahead = {name: scan.wall_ms - scan.at_ms for name, scan in off.items()}
    return on_record("C1", case, entries=off.values(), **ahead)


def c2(case: Case) -> Finding | None:
    """Hold a record whose length is too uncertain."""
    within_ms = uncertainty_ms(case.stay)
    if within_ms <= case.policy.uncertain_ms:
        return None
    return on_record("C2", case, within_ms=within_ms)


def uncertainty_ms(stay: Stay) -> int:
    """Give the uncertainty of a stay's length, 0 without one. An error can be common only to ends on one branch of one log."""
    opened, closed, _ = stay
    if closed is None:
        return 0
    same = opened.log == closed.log and opened.branch == closed.branch
    return length_within_ms(_instant(opened), _instant(closed), same_log=same)


def is_off(scan: ScanFact, note_ms: int) -> bool:
    """Tell whether the device's clock was off by more than this, as an anchor of its boot shows (C1)."""
    return scan.base >= 0 and abs(scan.wall_ms - scan.at_ms) > note_ms


def _instant(scan: ScanFact) -> Instant:
    return Instant(scan.at_ms, scan.within_ms, scan.base, scan.common_ms, scan.raw_ms)
