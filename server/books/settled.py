"""What people settled about records, as reconciliation takes it in: decisions, and what closes froze."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from schemas.central_entry import Decide
from server import bulk
from server.central_order import order_of, ranks
from server.people.roster import in_parts
from server.reconcile.facts import Decision, Frozen
from server.reconcile.minutes import CREDITED, HELD, REFUSED
from sync.canonical import understand

VERDICTS = (CREDITED, HELD, REFUSED)
"""By the number that entries carry."""

Intervals = tuple[tuple[int, int, str], ...]
unpack_intervals = msgspec.msgpack.Decoder(Intervals).decode
"""Reads `FrozenRecord.intervals`."""


class Settled(NamedTuple):
    """What was settled about one number's records, in no order."""

    decisions: tuple[Decision, ...] = ()
    frozen: tuple[Frozen, ...] = ()


def read_decisions(connection: Connection, people: Collection[str]) -> dict[str, list[Decision]]:
    """Read what was decided about these numbers; those about whom nothing was are left out."""
    decisions: dict[str, list[Decision]] = {}
    if bulk.fetch(connection, _ANY_DECISION):
        for decision in _decisions(connection, people):
            decisions.setdefault(decision.who, []).append(decision)
    return decisions


def read_frozen(
    connection: Connection, people: Collection[str], months: tuple[int, int] = (0, 1_000_000)
) -> dict[str, list[Frozen]]:
    """Read what closes of these months (both included) froze of these numbers; those without anything are left out."""
    frozen: dict[str, list[Frozen]] = {}
    if people and bulk.fetch(connection, _ANY_FROZEN):
        for who, each in _frozen(connection, people, months):
            frozen.setdefault(who, []).append(each)
    return frozen


def read_settled(connection: Connection, people: Collection[str]) -> dict[str, Settled]:
    """Read all that was settled about these numbers; those of whom nothing was are left out."""
    return both(read_decisions(connection, people), read_frozen(connection, people))


def both(
    decisions: Mapping[str, Sequence[Decision]], frozen: Mapping[str, Sequence[Frozen]]
) -> dict[str, Settled]:
    """Put together what was settled about each number."""
    return {
        who: Settled(tuple(decisions.get(who, ())), tuple(frozen.get(who, ())))
        for who in {*decisions, *frozen}
    }


def decision_of(body: bytes, entry_hash: bytes, order: int) -> Decision:
    """Give a decision as reconciliation takes it, from the bytes of its entry."""
    entry = understand(body)
    if not isinstance(entry, Decide):
        raise TypeError("the row of a decision holds another entry")
    return Decision(
        order=order,
        hash=entry_hash,
        who=entry.who,
        record=entry.record,
        site=entry.site,
        intervals=tuple((start, end, VERDICTS[v]) for start, end, v in entry.intervals),
        evidence=entry.evidence,
        by=entry.by,
        action=entry.action,
        settles=entry.settles,
        second=entry.second,
        undoes=entry.undoes,
        others=entry.others,
        post=entry.post,
    )


def _decisions(connection: Connection, people: Collection[str]) -> Iterator[Decision]:
    rank = ranks(connection)
    for some in in_parts(people):
        query = _DECISIONS.format(people=", ".join("?" * len(some)))
        for entry_hash, body, log, seq in bulk.fetch(connection, query, tuple(some)):
            yield decision_of(bytes(body), bytes(entry_hash), order_of(rank[log], seq))


def _frozen(
    connection: Connection, people: Collection[str], months: tuple[int, int]
) -> Iterator[tuple[str, Frozen]]:
    rank = ranks(connection)
    for some in in_parts(people):
        query = _FROZEN.format(people=", ".join("?" * len(some)))
        asked = (*some, *months)
        for who, record, intervals, log, seq in bulk.fetch(connection, query, asked):
            order = order_of(rank[log], seq)
            yield who, Frozen(bytes(record), order, unpack_intervals(bytes(intervals)))


_ANY_DECISION = "SELECT 1 FROM decision LIMIT 1"
_ANY_FROZEN = "SELECT 1 FROM frozen_record LIMIT 1"
_DECISIONS = (
    "SELECT d.hash, d.body, p.log, p.seq FROM decision d "
    "JOIN central_place p ON p.hash = d.hash WHERE d.who IN ({people})"
)
_FROZEN = (
    "SELECT f.who, f.record, f.intervals, p.log, p.seq FROM frozen_record f "
    "JOIN period_close c ON c.site = f.site AND c.month = f.month "
    "JOIN central_place p ON p.hash = c.hash WHERE f.who IN ({people}) AND f.month BETWEEN ? AND ?"
)
