"""Family C: what wrong or uncertain clocks mean for a record."""

from server.reconcile.facts import Finding, ScanFact, Silence
from server.reconcile.pairing import Stay
from server.reconcile.policy import DAY_MS, Policy
from server.reconcile.rules.case import Case, on_kiosk, on_record, on_scan
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


def c3(case: Case) -> Finding | None:
    """Hold a record with an end whose time, before it was made not to run backwards, is later than the log's next contact."""
    late = [scan for scan in case.ends if late_ms(scan) > case.policy.later_anchor_ms]
    if not late:
        return None
    return on_record("C3", case, entries=late, late_ms=max(late_ms(scan) for scan in late))


def c3_scan(who: str, scan: ScanFact, policy: Policy) -> Finding | None:
    """Hold an unpaired out with such a time."""
    late = late_ms(scan)
    return on_scan("C3", who, scan, late_ms=late) if late > policy.later_anchor_ms else None


def c4(silence: Silence, policy: Policy) -> Finding | None:
    """Note a log without a contact for too long. It takes an entry, or a contact, that late to know it."""
    days = (silence.until_ms - silence.from_ms) // DAY_MS
    if silence.until_ms - silence.from_ms <= policy.anchor_days * DAY_MS:
        return None
    figures = {"first": silence.first, "last": silence.last, "days": days}
    return on_kiosk("C4", silence.log, silence.site, figures, entries=())


def late_ms(scan: ScanFact) -> int:
    """Give by how much a scan's time lies behind the next anchor of its log, 0 where it does not."""
    return scan.more.late_ms if scan.more else 0


def uncertainty_ms(stay: Stay) -> int:
    """Give the uncertainty of a stay's length, 0 without one. An error can be common only to ends on one branch of one log."""
    opened, closed, _ = stay
    return between_within_ms(opened, closed) if closed else 0


def between_within_ms(one: ScanFact, other: ScanFact) -> int:
    """Give the uncertainty of the time between two scans: an error common to both counts once."""
    same = one.log == other.log and one.branch == other.branch
    return length_within_ms(_instant(one), _instant(other), same_log=same)


def is_off(scan: ScanFact, note_ms: int) -> bool:
    """Tell whether the device's clock was off by more than this, as an anchor of its boot shows (C1)."""
    return scan.base >= 0 and abs(scan.wall_ms - scan.at_ms) > note_ms


def _instant(scan: ScanFact) -> Instant:
    return Instant(scan.at_ms, scan.within_ms, scan.base, scan.common_ms, scan.raw_ms)
