"""What the facts about one person mean: records, findings, postings. The one door into reconciliation by person.

The same set of facts gives the same result, whatever their order (I4). Nothing here looks at a clock.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import attrgetter

from server.reconcile.facts import (
    Finding,
    PersonFacts,
    Piece,
    Posting,
    Reconciled,
    Record,
    Reference,
)
from server.reconcile.findings import (
    from_groups,
    on_decisions,
    on_parts,
    on_record_alone,
    on_records,
    on_scans,
)
from server.reconcile.judged import Judged, judge_orphans, judge_stays, person_of
from server.reconcile.minutes import CREDITED, HELD, REFUSED, Share, Stretch, day_of, shares
from server.reconcile.order import distinct
from server.reconcile.pinned import Pinned
from server.reconcile.rules.clock import uncertainty_ms
from server.reconcile.rules.days import over_findings
from server.reconcile.rules.decision import r8_changed
from server.reconcile.rules.entered import grade_of
from server.reconcile.settle import approved, has_changed, in_force, settle
from server.reconcile.simple import POSTING_ORDER, reconcile_simple
from server.reconcile.verdicts import by_record, pieces_of_all, stretches_of
from server.reconcile.voids import void
from server.reconcile.walks import Walks, walk_all

_AT_MS = attrgetter("at_ms")


def reconcile_person(who: str, facts: PersonFacts, reference: Reference) -> Reconciled:
    """Give what a person's facts mean: records by beginning and id, findings, postings by date, record, verdict and cause."""
    if not any(facts[1:]):
        simple = reconcile_simple(who, sorted(facts.scans, key=_AT_MS), reference)
        if simple is not None:
            return simple
    return reconcile_any(who, facts, reference)


def reconcile_any(who: str, facts: PersonFacts, reference: Reference) -> Reconciled:
    """Give what any facts of a person mean, by all rules. `reconcile_person` gives the same, sooner."""
    person = person_of(who, facts, reference)
    decisions = in_force(facts.decisions)
    pinned = Pinned(reference, decisions, facts.frozen)
    known = distinct(facts.scans)
    scans, voided = void(known, facts.voids, pinned.figures)
    walks = walk_all(scans, pinned)
    settled = settle(decisions, facts.frozen, walks.belongs)
    judged = [
        *judge_stays(person, walks, settled, pinned, voided.doubted),
        *judge_orphans(person, known, settled, pinned),
    ]
    judged.sort(key=_by_beginning)
    whole = on_records(judged, reference)
    for rank, finding in from_groups(person, facts.holds, judged, walks.belongs):
        whole[rank].append(finding)
    parts = [[] if one.orphaned else on_parts(one.case) for one in judged]
    cases = [one.case for one in judged]
    stretches = [
        stretch
        for rank, one in enumerate(judged)
        for stretch in (
            approved(one.decisions, rank)
            if one.orphaned
            else stretches_of(one.case, rank, whole[rank], parts[rank], one.decisions)
        )
    ]
    pieces, past = pieces_of_all(stretches, cases, facts.frozen)
    records = _records(judged, pieces, walks)
    findings = [*chain.from_iterable(whole), *chain.from_iterable(parts)]
    findings += over_findings(past, cases)
    findings += on_scans(person, walks, voided, pinned)
    for one in judged:
        if one.pinned:
            findings += on_decisions(person, one, pinned, on_record_alone(one.case))
    records, changed = _marked(records, judged, walks.belongs)
    return Reconciled(
        records,
        sorted([*findings, *changed]),
        _postings(judged, shares(pieces)),
        [Piece(records[p.rank].id, p.start, p.end, p.verdict, p.cause, p.decision) for p in pieces],
    )


def _by_beginning(judged: Judged) -> tuple[int, bytes, bool]:
    opened = judged.case.stay.opened
    return opened.at_ms, opened.hash, judged.orphaned


def _records(judged: Sequence[Judged], pieces: Sequence[Stretch], walks: Walks) -> list[Record]:
    minutes = by_record(pieces)
    none = {CREDITED: 0, HELD: 0, REFUSED: 0}
    beside: dict[bytes, list[bytes]] = {}
    for outdone in walks.outdone:
        record = walks.belongs.get(outdone.scan.hash)
        if record is not None:
            beside.setdefault(record, []).append(outdone.scan.hash)
    return [
        _record(one, minutes.get(rank, none), beside.get(one.case.stay.opened.hash, []))
        for rank, one in enumerate(judged)
    ]


def _record(judged: Judged, minutes: Mapping[str, int], beside: Sequence[bytes]) -> Record:
    """Give a record. beside: entries that it contains and that are no end of it."""
    case = judged.case
    opened, closed, _ = case.stay
    ends = [end.hash for end in case.ends if end.hash]
    return Record(
        id=opened.hash,
        who=case.who,
        site=opened.site,
        post=case.duty.code or opened.post,
        in_ms=opened.at_ms,
        out_ms=closed.at_ms if closed else None,
        within_ms=uncertainty_ms(case.stay),
        opened=opened.hash,
        closed=closed.hash if closed else b"",
        presented=sum(minutes.values()),
        credited=minutes[CREDITED],
        held=minutes[HELD],
        refused=minutes[REFUSED],
        grade=grade_of(opened, closed),
        policy=case.policy.version,
        decided=bool(judged.decisions),
        entries=tuple(sorted({*ends, *beside, *(void.hash for void in case.doubted)})),
    )


def _marked(
    records: list[Record], judged: Sequence[Judged], belongs: Mapping[bytes, bytes]
) -> tuple[list[Record], list[Finding]]:
    """Mark the records whose decisions saw something else, or are to be taken by somebody else; say so of the first."""
    by_id = {record.id: record for record in records}
    marked, findings = [], []
    for record, one in zip(records, judged, strict=True):
        if one.decisions and (one.orphaned or has_changed(one.decisions, by_id, belongs)):
            marked.append(record._replace(changed=True))
            findings += [] if one.orphaned else [r8_changed(one.case, one.decisions[-1])]
        else:
            marked.append(record)
    return marked, findings


def _postings(judged: Sequence[Judged], parts: Sequence[Share]) -> list[Posting]:
    found = []
    for part in parts:
        case, reference, *_ = judged[part.rank]
        opened = case.stay.opened
        began = day_of(opened.at_ms)
        found.append(
            Posting(
                case.who, opened.hash, part.day, opened.site,
                reference.team(case.who, began), reference.region(opened.site, began),
                part.verdict, part.cause, part.minutes,
            )
        )  # fmt: skip
    return sorted(found, key=POSTING_ORDER)
