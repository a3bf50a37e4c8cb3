"""What people decided (RULES, 8): which decisions are in force, which record each is about, and what it makes of minutes."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from server.reconcile.evidence import evidence_of
from server.reconcile.facts import Decision, Frozen, Record
from server.reconcile.minutes import CREDITED, HELD, Stretch

UNCOVERED = "R8"
"""The cause of minutes that a decision settles, or that a decided record has beside them."""

_ORDER = attrgetter("order", "hash")


class Settled(NamedTuple):
    """Decisions in force and frozen sets, by the record that now contains the opening entry they name.

    orphans: decisions whose record is none any more, by that entry.
    """

    decisions: dict[bytes, list[Decision]]
    frozen: dict[bytes, list[Frozen]]
    orphans: dict[bytes, list[Decision]]

    def first_order(self, record: bytes) -> int | None:
        """Give the place of the first decision or close about a record, in central order; None without one (RULES, 10)."""
        both = [*self.decisions.get(record, ()), *self.frozen.get(record, ())]
        return min((one.order for one in both), default=None)


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """Leave out what a later decision takes back, and those that take back; give the rest in central order."""
    undone: set[bytes] = set()
    left = []
    for decision in sorted(set(decisions), key=_ORDER, reverse=True):
        if decision.hash in undone:
            continue
        if decision.undoes:
            undone.add(decision.undoes)
        else:
            left.append(decision)
    return left[::-1]


def settle(
    decisions: Sequence[Decision], frozen: Iterable[Frozen], belongs: Mapping[bytes, bytes]
) -> Settled:
    """Find the record of each decision in force. belongs: entry → the record that contains it."""
    done = Settled({}, {}, {})
    for decision in decisions:
        record = belongs.get(decision.record)
        if record is None:
            done.orphans.setdefault(decision.record, []).append(decision)
        else:
            done.decisions.setdefault(record, []).append(decision)
    for one in sorted(set(frozen), key=lambda one: (one.order, one.record)):
        record = belongs.get(one.record)
        if record is not None:
            done.frozen.setdefault(record, []).append(one)
    return done


def has_changed(
    decisions: Sequence[Decision], records: Mapping[bytes, Record], belongs: Mapping[bytes, bytes]
) -> bool:
    """Tell whether the last of a record's decisions saw something else than there is now."""
    last = decisions[-1]
    if not last.evidence:
        return False
    seen = {belongs.get(entry, b"") for entry in (last.record, *last.others)}
    now = [records[record] for record in seen if record in records]
    return len(now) < len(seen) or evidence_of(now) != last.evidence


def decided(
    stretches: Sequence[Stretch], decisions: Sequence[Decision], rank: int
) -> list[Stretch]:
    """Give the minutes of a decided record: what decisions cover, the last of each; what none covers is held."""
    if not decisions:
        return list(stretches)
    done = [s._replace(verdict=HELD, cause=UNCOVERED) for s in stretches]
    for decision in decisions:
        for start, end, verdict in decision.intervals:
            cause = "" if verdict == CREDITED else UNCOVERED
            said = Stretch(start, end, verdict, rank, cause, decision.hash)
            done = paint(done, said) if start < end else done
    return done


def approved(decisions: Sequence[Decision], rank: int) -> list[Stretch]:
    """Give the minutes that decisions approve, the last of each: what stays of a record that is none any more."""
    said = decided([], decisions, rank)
    return [stretch for stretch in said if stretch.verdict == CREDITED]


def paint(stretches: Iterable[Stretch], over: Stretch) -> list[Stretch]:
    """Lay a stretch over others, none of which overlap; what it covers of them is gone."""
    left = []
    for one in stretches:
        if one.end <= over.start or over.end <= one.start:
            left.append(one)
            continue
        if one.start < over.start:
            left.append(one._replace(end=over.start))
        if over.end < one.end:
            left.append(one._replace(start=over.end))
    return sorted([*left, over])
