"""Which rules look at what: the visible lists, and the findings that come of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from server.reconcile.facts import Finding, GroupHold, Reference, ScanFact
from server.reconcile.judged import Judged, Person, make_case
from server.reconcile.minutes import overlaps
from server.reconcile.pinned import Pinned
from server.reconcile.rules.arrival import a2_record, a2_scan, a5_record, a5_scan
from server.reconcile.rules.case import Case
from server.reconcile.rules.clock import c1, c2, c3, c3_scan
from server.reconcile.rules.days import b15
from server.reconcile.rules.decision import e6_decided, r8_orphaned, r10
from server.reconcile.rules.entered import (
    e5_outdone,
    e5_part,
    e5_record,
    e6_record,
    e6_scan,
    void_lone,
    void_record,
    void_undone,
)
from server.reconcile.rules.identity import d2_record, d2_scan, d3_record, d3_scan, d4
from server.reconcile.rules.posts import d6, d7, d8, d9, d9_assigned, e9
from server.reconcile.rules.sequence import b1, b2, b3, b4, b5, b6, b8, b9, b16, b17
from server.reconcile.rules.sites import b10, b11
from server.reconcile.verdicts import span_of
from server.reconcile.voids import Voided
from server.reconcile.walks import Walks

ON_RECORD = (
    a2_record, a5_record, b2, b4, b5, b6, b8, b17, c1, c2, c3,
    d2_record, d3_record, d4, d6, d7, d9, e5_record, e6_record, e9, void_record,
)  # fmt: skip
"""The rules that look at one record by itself, and hold the whole of it if they hold."""

ON_PART = (b16, d8, d9_assigned, e5_part)
"""The rules that look at one record by itself, and say something about minutes of it."""

ON_LONE_OUT = (a5_scan, c3_scan, d2_scan, d3_scan)
"""The rules that look at a sign-out without a record, beside B3."""


def on_records(judged: Sequence[Judged], latest: Reference) -> list[list[Finding]]:
    """Find what rules say of each record as a whole; a rule about several records says it of each that it concerns."""
    cases = [one.case for one in judged]
    found = [[] if one.orphaned else on_record_alone(one.case) for one in judged]
    place = {case.stay.opened.hash: rank for rank, case in enumerate(cases)}
    for earlier, later, minutes in overlaps([span_of(case) for case in cases]):
        if cases[earlier].stay.opened.site == cases[later].stay.opened.site:
            found[later].append(b9(cases[earlier], cases[later], minutes))
    real = [one.case for one in judged if not one.orphaned]
    for finding in (*b10(real), *b11(real, latest), *b15(real)):
        found[place[finding.record]].append(finding)
    return found


def on_record_alone(case: Case) -> list[Finding]:
    """Find what rules say of one record by itself, as a whole."""
    return [finding for rule in ON_RECORD if (finding := rule(case)) is not None]


def on_parts(case: Case) -> list[Finding]:
    """Find what rules say of minutes of one record."""
    return [finding for rule in ON_PART if (finding := rule(case)) is not None]


def from_groups(
    person: Person,
    holds: Iterable[GroupHold],
    judged: Sequence[Judged],
    belongs: Mapping[bytes, bytes],
) -> Iterator[tuple[int, Finding]]:
    """Give what rules about several people found, by the rank of the record that it weighs on."""
    place = {one.case.stay.opened.hash: rank for rank, one in enumerate(judged)}
    for hold in sorted(set(holds)):
        rank = place.get(belongs.get(hold.record, b""))
        if rank is not None:
            case = judged[rank].case
            site, id_ = case.stay.opened.site, case.stay.opened.hash
            yield (
                rank,
                Finding(
                    hold.rule, hold.severity, person.who, "", site, id_, hold.entries, hold.figures
                ),
            )


def on_scans(person: Person, walks: Walks, voided: Voided, pinned: Pinned) -> Iterator[Finding]:
    """Find what concerns scans that are no end of a record; one that another counts for points to that one's record."""
    who, record = person.who, walks.belongs
    for repeat in walks.repeats:
        yield b1(who, repeat, record.get(repeat.counted.hash, b""))
    for beaten in walks.beaten:
        yield a2_scan(who, beaten, record.get(beaten.counted.hash, b""))
    for outdone in walks.outdone:
        yield e5_outdone(who, outdone, record.get(outdone.counted.hash, b""))
    for scan, void in voided.undone:
        yield void_undone(who, scan, void)
    for scan in walks.lone_outs:
        yield from _on_lone_out(person, scan, voided, pinned)


def _on_lone_out(
    person: Person, scan: ScanFact, voided: Voided, pinned: Pinned
) -> Iterator[Finding]:
    who, policy = person.who, pinned.figures(scan)
    yield b3(who, scan)
    for rule in ON_LONE_OUT:
        finding = rule(who, scan, policy)
        if finding is not None:
            yield finding
    own = e6_scan(who, scan, frozenset(person.numbers))
    if own is not None:
        yield own
    if scan.hash in voided.doubted:
        yield void_lone(who, scan, voided.doubted[scan.hash])


def on_decisions(
    person: Person, judged: Judged, pinned: Pinned, kept: Sequence[Finding]
) -> Iterator[Finding]:
    """Find what is to be said of decisions about a record. kept: what rules said of it alone, by the versions that judge it."""
    if judged.orphaned:
        yield r8_orphaned(judged.case, judged.decisions)
    for decision in judged.decisions:
        finding = e6_decided(judged.case, decision)
        if finding is not None:
            yield finding
    if not judged.orphaned:
        case = judged.case
        doubted = {void.target: void for void in case.doubted}
        latest = make_case(person, case.stay, pinned.latest, doubted)
        then = [*kept, *on_parts(case)]
        differs = r10(case, then, [*on_record_alone(latest), *on_parts(latest)])
        if differs is not None:
            yield differs
