"""What leads enter, and how good the evidence is: E1 (grades), E5 (stated ends), E6 (on one's own hours), Void."""

from schemas.vocabulary import How
from server.reconcile.facts import Finding, More, ScanFact, VoidFact
from server.reconcile.minutes import minute_of
from server.reconcile.order import is_stated
from server.reconcile.pairing import Outdone
from server.reconcile.rules.case import Case, on_minutes, on_record, on_scan
from server.reconcile.rules.posts import outside

PASS, CARD, MIXED, TYPED, PAPER = "A", "B", "C", "D", "E"
"""Grades of evidence (E1): live pass, signed card, one scan and an attested end, typed or entered by a lead, paper."""

_LIVE = "pass"
_ON_PAPER = frozenset({"paper", "import"})
_NOTHING = More()


def grade_of(opened: ScanFact, closed: ScanFact | None) -> str:
    """Give the grade of a record: the weaker end counts, and one scan beside one attested end is better than none."""
    grades = {_grade(scan) for scan in (opened, closed) if scan is not None}
    weakest = max(grades)
    lead = [scan for scan in (opened, closed) if scan is not None and is_stated(scan)]
    if weakest == TYPED and len(lead) == 1 and closed is not None:
        other = opened if lead[0] is closed else closed
        return MIXED if _grade(other) <= CARD else TYPED
    return weakest


def _grade(scan: ScanFact) -> str:
    if is_stated(scan):
        return PAPER if scan.how in _ON_PAPER else TYPED
    if scan.how == How.TYPED or by(scan):
        return TYPED
    return PASS if scan.how == _LIVE else CARD


def by(scan: ScanFact) -> str:
    """Give the lead who typed or stated an end, "" if nobody did."""
    return (scan.more or _NOTHING).by


def e5_record(case: Case) -> Finding | None:
    """Hold a record with an end that a lead stated without saying why."""
    mute = [scan for scan in case.ends if is_stated(scan) and not (scan.more or _NOTHING).reason]
    return on_record("E5", case, entries=mute) if mute else None


def e5_part(case: Case) -> Finding | None:
    """Hold what of a record that a lead entered exceeds its shifts."""
    parts = outside(case, e5_windows(case))
    if not parts:
        return None
    return on_minutes("E5", case, minutes=sum(end - start for start, end in parts))


def e5_windows(case: Case) -> list[tuple[int, int]]:
    """Give the minutes that may be credited on a lead's word: those of the record's shifts; none if no lead entered an end."""
    if not any(by(scan) for scan in case.ends):
        return []
    return [(minute_of(s.start_ms), minute_of(s.end_ms)) for s in case.duty.shifts]


def e5_outdone(who: str, outdone: Outdone, record: bytes) -> Finding:
    """Note an attested end that does not count. record: the one with the end that does."""
    scan, counted = outdone
    return on_scan("E5", who, scan, record=record, other=counted, stated_ms=scan.at_ms)


def e6_record(case: Case) -> Finding | None:
    """Hold a record with an end that the person entered, or a void that the person wrote."""
    own = [scan for scan in case.ends if by(scan) in case.numbers]
    voids = [void for void in case.doubted if void.by in case.numbers]
    return on_record("E6", case, entries=[*own, *voids]) if own or voids else None


def void_record(case: Case) -> Finding | None:
    """Hold a record with an end that a lead took back."""
    doubted = case.doubted
    if not doubted:
        return None
    taken_back = {void.target for void in doubted}
    entries: list[ScanFact | VoidFact] = [*doubted]
    entries += [scan for scan in case.ends if scan.hash in taken_back]
    return on_record("Void", case, entries=entries, by=",".join(sorted({v.by for v in doubted})))


def void_undone(who: str, scan: ScanFact, void: VoidFact) -> Finding:
    """Note an entry that was undone at once."""
    return on_scan("Void", who, scan, other=void)


def void_lone(who: str, scan: ScanFact, void: VoidFact) -> Finding:
    """Hold an unpaired out that a lead took back."""
    return on_scan("Void", who, scan, other=void, on="lone", by=void.by)


def e6_scan(who: str, scan: ScanFact, numbers: frozenset[str]) -> Finding | None:
    """Hold an unpaired out that the person entered."""
    return on_scan("E6", who, scan, on="record") if by(scan) in numbers else None
