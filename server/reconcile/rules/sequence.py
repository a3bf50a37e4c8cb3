"""Family B: how scans follow each other. B12 and B13 say how to count and find nothing: see `minutes.py`."""

from server.reconcile.facts import Finding, ScanFact
from server.reconcile.pairing import Repeat
from server.reconcile.policy import MINUTE_MS
from server.reconcile.rules.case import Case, on_minutes, on_record, on_scan
from server.reconcile.rules.clock import uncertainty_ms


def b1(who: str, repeat: Repeat, record: bytes) -> Finding:
    """Note that a scan was passed over. record: the one that the counted scan opened or closed."""
    scan, counted = repeat
    after_ms = scan.at_ms - counted.at_ms
    return on_scan("B1", who, scan, record=record, other=counted, after_ms=after_ms)


def b2(case: Case) -> Finding | None:
    """Note a sign-in while signed in at that site."""
    opened, over = case.stay.opened, case.stay.over
    if over is None:
        return None
    return on_record("B2", case, entries=(over, opened), open_ms=opened.at_ms - over.at_ms)


def b3(who: str, scan: ScanFact) -> Finding:
    """Hold a sign-out without an open record."""
    return on_scan("B3", who, scan, out_ms=scan.at_ms)


def b4(case: Case) -> Finding | None:
    """Hold a record without a sign-out, and propose an end: that of its shift, or some hours on, whichever is sooner."""
    if case.stay.closed:
        return None
    in_ms = case.stay.opened.at_ms
    ends = [shift.end_ms for shift in case.duty.shifts if shift.end_ms > in_ms]
    proposed_ms = min([in_ms + case.policy.no_out_proposal_ms, *ends])
    return on_record("B4", case, in_ms=in_ms, proposed_ms=proposed_ms)


def b5(case: Case) -> Finding | None:
    """Hold a record that ends before it starts, beyond what is uncertain; the figures are what the clocks said."""
    opened, closed, _ = case.stay
    if closed is None or opened.at_ms - closed.at_ms <= uncertainty_ms(case.stay):
        return None
    return on_record(
        "B5",
        case,
        length_ms=case.length_ms,
        in_wall_ms=opened.wall_ms,
        out_wall_ms=closed.wall_ms,
        within_ms=uncertainty_ms(case.stay),
    )


def b6(case: Case) -> Finding | None:
    """Hold a record that is too short; where it ends before it starts, B5 speaks."""
    if case.stay.closed is None or case.length_ms >= case.policy.short_ms or b5(case):
        return None
    return on_record("B6", case, length_ms=case.length_ms)


def b8(case: Case) -> Finding | None:
    """Hold a record that is too long for the shifts that it overlaps, or, where it overlaps none, for anyone."""
    opened, policy = case.stay.opened, case.policy
    shifts_ms = sum(
        shift.end_ms - shift.start_ms
        for shift in case.duty.shifts
        if shift.start_ms < opened.at_ms + case.length_ms and opened.at_ms < shift.end_ms
    )
    most_ms = policy.shift_percent * shifts_ms // 100 if shifts_ms else policy.long_ms
    if case.length_ms <= most_ms:
        return None
    return on_record("B8", case, length_ms=case.length_ms, shifts_ms=shifts_ms)


def b9(earlier: Case, later: Case, minutes: int) -> Finding:
    """Note that two records at one site overlap; the minutes count once."""
    opened = (earlier.stay.opened, later.stay.opened)
    return on_record("B9", later, entries=opened, minutes=minutes)


def b17(case: Case) -> Finding | None:
    """Note that a record was closed at another site."""
    opened, closed, _ = case.stay
    if closed is None or closed.site == opened.site:
        return None
    return on_record("B17", case, out_site=closed.site)


def b16(case: Case) -> Finding | None:
    """Note the break that a policy takes off the end of a long record. No policy does unless it says so."""
    policy = case.policy
    if not policy.break_after_minutes or not policy.break_minutes:
        return None
    if case.length_ms <= policy.break_after_minutes * MINUTE_MS:
        return None
    return on_minutes("B16", case, minutes=policy.break_minutes)
