"""What the scans of one person mean: records, findings, postings. The one door into reconciliation by person.

The same set of scans gives the same result, whatever their order (I4). Nothing here looks at a clock.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

from server.reconcile.facts import (
    Finding,
    PersonFacts,
    Posting,
    Reconciled,
    Record,
    Reference,
    ScanFact,
)
from server.reconcile.minutes import (
    CREDITED,
    HELD,
    REFUSED,
    Share,
    Stretch,
    day_of,
    minute_of,
    overlaps,
    shares,
)
from server.reconcile.order import branches, distinct
from server.reconcile.pairing import Stay, Walked, walk
from server.reconcile.rules.arrival import Beaten, a2_beaten, a2_record, a2_scan, a5_record, a5_scan
from server.reconcile.rules.catalogue import Case, cause_of
from server.reconcile.rules.clock import c1, c2, uncertainty_ms
from server.reconcile.rules.identity import d2_record, d2_scan, d3_record, d3_scan, is_revoked
from server.reconcile.rules.sequence import b1, b2, b3, b4, b6, b9, b17
from server.reconcile.simple import POSTING_ORDER, reconcile_simple

_AT_MS = attrgetter("at_ms")

ON_RECORD = (a2_record, a5_record, b2, b4, b6, b17, c1, c2, d2_record, d3_record)
"""The rules that look at one record by itself."""

ON_LONE_OUT = (a5_scan, d2_scan, d3_scan)
"""The rules that look at a sign-out without a record, beside B3."""


def reconcile_person(who: str, facts: PersonFacts, reference: Reference) -> Reconciled:
    """Give what a person's facts mean: records by beginning and id, findings, postings by date, record, verdict and cause."""
    if not any(facts[1:]):
        simple = reconcile_simple(who, sorted(facts.scans, key=_AT_MS), reference)
        if simple is not None:
            return simple
    return reconcile_any(who, facts, reference)


def reconcile_any(who: str, facts: PersonFacts, reference: Reference) -> Reconciled:
    """Give what any facts of a person mean, by all rules. `reconcile_person` gives the same, sooner."""
    scans = [_judged(scan, reference) for scan in distinct(facts.scans)]
    plain = [scan for scan in scans if not scan.apart]
    apart = [scan for scan in scans if scan.apart]
    walks = [_walked(part, reference) for part in (plain, apart) if part]
    stays = sorted(
        (stay for walked, _ in walks for stay in walked.stays),
        key=lambda stay: (stay.opened.at_ms, stay.opened.hash),
    )
    cases = [_case(who, stay, reference) for stay in stays]
    on_each = [_on_record(case) for case in cases]
    parts = shares(list(_stretches(cases, on_each)))
    findings = [*chain.from_iterable(on_each), *_overlapping(cases)]
    for walked, beaten in walks:
        findings += _on_scans(who, walked, beaten)
    return Reconciled(_records(cases, parts), sorted(findings), _postings(cases, parts, reference))


def _judged(scan: ScanFact, reference: Reference) -> ScanFact:
    """Mark a scan by a revoked badge to be walked apart (D3)."""
    revocations = reference.revocations(scan.who)
    if revocations and not scan.apart and is_revoked(scan, revocations):
        return scan._replace(apart="D3")
    return scan


def _walked(facts: list[ScanFact], reference: Reference) -> tuple[Walked, list[Beaten]]:
    parts = branches(facts)
    beaten = a2_beaten(parts)
    if beaten:
        lost = {pair.scan.hash for pair in beaten}
        parts = [p._replace(scans=[s for s in p.scans if s.hash not in lost]) for p in parts]
    return walk(parts, reference), beaten


def _case(who: str, stay: Stay, reference: Reference) -> Case:
    opened = stay.opened
    return Case(who, stay, reference.policy(opened.site, day_of(opened.at_ms)))


def _on_record(case: Case) -> list[Finding]:
    found = (rule(case) for rule in ON_RECORD)
    return [finding for finding in found if finding is not None]


def _on_scans(who: str, walked: Walked, beaten: Sequence[Beaten]) -> list[Finding]:
    """Find what concerns scans that are no end of a record; a repeated or beaten one points to its counterpart's record."""
    record = {scan.hash: stay.opened.hash for stay in walked.stays for scan in stay[:2] if scan}
    found = [b1(who, pair, record.get(pair.counted.hash, b"")) for pair in walked.repeats]
    found += [a2_scan(who, pair, record.get(pair.counted.hash, b"")) for pair in beaten]
    for scan in walked.lone_outs:
        found.append(b3(who, scan))
        found += [extra for rule in ON_LONE_OUT if (extra := rule(who, scan)) is not None]
    return found


def _span(stay: Stay) -> tuple[int, int]:
    start = minute_of(stay.opened.at_ms)
    return start, minute_of(stay.closed.at_ms) if stay.closed else start


def _stretches(cases: Sequence[Case], on_each: Sequence[Sequence[Finding]]) -> Iterable[Stretch]:
    for rank, (case, findings) in enumerate(zip(cases, on_each, strict=True)):
        cause = cause_of(findings)
        yield Stretch(*_span(case.stay), HELD if cause else CREDITED, rank, cause)


def _overlapping(cases: Sequence[Case]) -> Iterable[Finding]:
    """Find the records that overlap another at the same site (B9)."""
    for earlier, later, minutes in overlaps([_span(case.stay) for case in cases]):
        one, other = cases[earlier], cases[later]
        if one.stay.opened.site == other.stay.opened.site:
            yield b9(one, other, minutes)


def _records(cases: Sequence[Case], parts: Sequence[Share]) -> list[Record]:
    minutes = [{CREDITED: 0, HELD: 0, REFUSED: 0} for _ in cases]
    for part in parts:
        minutes[part.rank][part.verdict] += part.minutes
    return [_record(case, got) for case, got in zip(cases, minutes, strict=True)]


def _record(case: Case, minutes: dict[str, int]) -> Record:
    opened, closed, _ = case.stay
    return Record(
        id=opened.hash,
        who=case.who,
        site=opened.site,
        post=opened.post,
        in_ms=opened.at_ms,
        out_ms=closed.at_ms if closed else None,
        within_ms=uncertainty_ms(case.stay),
        opened=opened.hash,
        closed=closed.hash if closed else b"",
        presented=sum(minutes.values()),
        credited=minutes[CREDITED],
        held=minutes[HELD],
        refused=minutes[REFUSED],
    )


def _postings(cases: Sequence[Case], parts: Sequence[Share], reference: Reference) -> list[Posting]:
    found = []
    for part in parts:
        opened = cases[part.rank].stay.opened
        began = day_of(opened.at_ms)
        team = reference.team(cases[part.rank].who, began)
        region = reference.region(opened.site, began)
        found.append(
            Posting(
                cases[part.rank].who,
                opened.hash,
                part.day,
                opened.site,
                team,
                region,
                part.verdict,
                part.cause,
                part.minutes,
            )
        )
    return sorted(found, key=POSTING_ORDER)
