"""A person's records with all that judges each: its figures, what it was planned as, who decided what about it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.reconcile.facts import Decision, PersonFacts, Reference, ScanFact, VoidFact
from server.reconcile.minutes import CREDITED, day_of
from server.reconcile.pairing import Stay
from server.reconcile.pinned import Pinned
from server.reconcile.policy import MINUTE_MS
from server.reconcile.rules.case import Case
from server.reconcile.rules.posts import duty_of
from server.reconcile.settle import Settled
from server.reconcile.walks import Walks


class Judged(NamedTuple):
    """A record. reference: the versions that judge it. decisions: about it, in central order; orphaned: they are all it is."""

    case: Case
    reference: Reference
    decisions: list[Decision]
    pinned: bool
    orphaned: bool = False


class Person(NamedTuple):
    """Who it is: the number that the person keeps, all numbers, and whether they are a walk-in whom nobody has matched."""

    who: str
    numbers: tuple[str, ...]
    provisional: bool


def person_of(who: str, facts: PersonFacts, reference: Reference) -> Person:
    """Tell who it is that these facts are about."""
    walked_in = any(one.who == who for one in facts.walk_ins)
    numbers = tuple(sorted({who, *facts.numbers}))
    return Person(who, numbers, walked_in and not reference.is_known(who))


def judge_stays(
    person: Person,
    walks: Walks,
    settled: Settled,
    pinned: Pinned,
    doubted: Mapping[bytes, VoidFact],
) -> list[Judged]:
    """Give each stay with what judges it."""
    found = []
    for stay in walks.stays:
        id_ = stay.opened.hash
        order = settled.first_order(id_)
        reference = pinned.latest if order is None else pinned.before(order)
        case = make_case(person, stay, reference, doubted)
        own = settled.decisions.get(id_, [])
        found.append(Judged(case, reference, own, order is not None))
    return found


def make_case(
    person: Person, stay: Stay, reference: Reference, doubted: Mapping[bytes, VoidFact]
) -> Case:
    """Give a stay as rules look at it, by this version of the reference data."""
    day = day_of(stay.opened.at_ms)
    ends = [scan for scan in stay[:2] if scan is not None]
    plain = Case(
        person.who,
        stay,
        reference.policy(stay.opened.site, day),
        numbers=frozenset(person.numbers),
        doubted=tuple(doubted[scan.hash] for scan in ends if scan.hash in doubted)
        if doubted
        else (),
        provisional=person.provisional,
    )
    return plain._replace(duty=duty_of(person.numbers, plain, reference, day))


def judge_orphans(
    person: Person, scans: Iterable[ScanFact], settled: Settled, pinned: Pinned
) -> list[Judged]:
    """Give what was approved of records that are none any more: each counts as a record (RULES, 7)."""
    if not settled.orphans:
        return []
    known = {scan.hash: scan for scan in scans}
    found = []
    for entry, decisions in sorted(settled.orphans.items()):
        spans = _approved(decisions)
        if spans:
            stay = _orphan(entry, spans, known.get(entry), decisions[0])
            reference = pinned.before(decisions[0].order)
            policy = reference.policy(stay.opened.site, day_of(stay.opened.at_ms))
            case = Case(person.who, stay, policy, numbers=frozenset(person.numbers))
            found.append(Judged(case, reference, decisions, pinned=True, orphaned=True))
    return found


def _approved(decisions: Sequence[Decision]) -> list[tuple[int, int]]:
    return [
        (a, b) for d in decisions for a, b, verdict in d.intervals if verdict == CREDITED and a < b
    ]


_GONE = ScanFact(
    log="", seq=0, hash=b"", forked=False, site="", post="",
    at_ms=0, within_ms=0, base=0, common_ms=0, raw_ms=0, wall_ms=0, direction="in",
    chosen=True, how="", state="", who="", serial=0, expires_s=0, apart="",
)  # fmt: skip
"""The end of a record that is none any more: of no device, and as certain as what was decided."""


def _orphan(
    entry: bytes, spans: Sequence[tuple[int, int]], scan: ScanFact | None, decision: Decision
) -> Stay:
    """Make a stay as long as what was approved, opened by the entry that the decision names, closed by none."""
    known = scan or _GONE._replace(site=decision.site, post=decision.post)
    start_ms, end_ms = min(a for a, _ in spans) * MINUTE_MS, max(b for _, b in spans) * MINUTE_MS
    end = _GONE._replace(site=known.site, post=known.post, how=known.how, more=known.more)
    return Stay(end._replace(hash=entry, at_ms=start_ms), end._replace(at_ms=end_ms), None)
