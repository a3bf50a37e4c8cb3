"""Family B: how scans follow each other. B12 and B13 say how to count and find nothing: see `minutes.py`."""

from server.reconcile.facts import Finding, ScanFact
from server.reconcile.pairing import Repeat
from server.reconcile.rules.catalogue import Case, on_record, on_scan


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
    """Hold a record without a sign-out, and propose an end."""
    if case.stay.closed:
        return None
    in_ms = case.stay.opened.at_ms
    return on_record("B4", case, in_ms=in_ms, proposed_ms=in_ms + case.policy.no_out_proposal_ms)


def b6(case: Case) -> Finding | None:
    """Hold a record that is too short."""
    opened, closed, _ = case.stay
    if closed is None or closed.at_ms - opened.at_ms >= case.policy.short_ms:
        return None
    return on_record("B6", case, length_ms=closed.at_ms - opened.at_ms)


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
