"""What people settled about records, as reconciliation takes it in: decisions, and what closes froze."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from schemas.central_entry import Decide
from server import bulk
from server.central_order import PLACED, order_of
from server.people.roster import in_parts, is_worth_asking
from server.reconcile.facts import Decision, Frozen
from server.reconcile.minutes import CREDITED, HELD, REFUSED
from sync.canonical import understand

VERDICTS = (CREDITED, HELD, REFUSED)
"""By the number that entries carry."""

Intervals = tuple[tuple[int, int, str], ...]
unpack_intervals = msgspec.msgpack.Decoder(Intervals).decode
"""Reads `FrozenRecord.intervals`."""

Settlement = tuple[str, str, bytes, bytes, int, int, int]
"""A row: `decided` or `frozen`, whose, two fields of its own; rank of its central log, seq there, and changes of reference data
made before.
"""
_EVER = (0, 1_000_000)
"""All months."""


class Settled(NamedTuple):
    """What was settled about one number's records, in no order.

    told: the entries of the decisions, by hash. stood: how many changes of reference data were made before each.
    """

    decisions: tuple[Decision, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    told: Mapping[bytes, Decide] = MappingProxyType({})
    stood: Mapping[int, int] = MappingProxyType({})


def read_settled(connection: Connection, people: Collection[str]) -> dict[str, Settled]:
    """Read all that was settled about these numbers, in one question; those of whom nothing was are left out."""
    return _settled(
        _asked(connection, f"{_DECIDED} UNION ALL {_FROZEN}", people, _EVER, twice=True)
    )


def read_decisions(connection: Connection, people: Collection[str]) -> dict[str, list[Decision]]:
    """Read what was decided about these numbers; those about whom nothing was are left out."""
    if not is_worth_asking(connection, people, "SELECT 1 FROM decision LIMIT 1"):
        return {}
    found = _settled(_asked(connection, _DECIDED, people, ()))
    return {who: list(settled.decisions) for who, settled in found.items()}


def read_frozen(
    connection: Connection, people: Collection[str], months: tuple[int, int] = _EVER
) -> dict[str, Sequence[Frozen]]:
    """Read what closes of these months (both included) froze of these numbers; those without anything are left out."""
    if not is_worth_asking(connection, people, "SELECT 1 FROM frozen_record LIMIT 1"):
        return {}
    found = _settled(_asked(connection, _FROZEN, people, months))
    return {who: settled.frozen for who, settled in found.items()}


def both(
    decisions: Mapping[str, Sequence[Decision]], frozen: Mapping[str, Sequence[Frozen]]
) -> dict[str, Settled]:
    """Put together what was settled about each number."""
    return {
        who: Settled(tuple(decisions.get(who, ())), tuple(frozen.get(who, ())))
        for who in {*decisions, *frozen}
    }


def _settled(rows: Iterable[Settlement]) -> dict[str, Settled]:
    """Give what these rows settle, by number."""
    found: dict[str, _Drafted] = {}
    for what, who, key, packed, rank, seq, entered in rows:
        own, order = found.setdefault(who, _Drafted([], [], {}, {})), order_of(rank, seq)
        own.stood[order] = entered
        if what == "frozen":
            own.frozen.append(Frozen(bytes(key), order, unpack_intervals(bytes(packed))))
        else:
            entry = _decide_of(bytes(packed))
            own.told[bytes(key)] = entry
            own.decisions.append(_decision(entry, bytes(key), order))
    return {
        who: Settled(tuple(o.decisions), tuple(o.frozen), o.told, o.stood)
        for who, o in found.items()
    }


class _Drafted(NamedTuple):
    decisions: list[Decision]
    frozen: list[Frozen]
    told: dict[bytes, Decide]
    stood: dict[int, int]


def decision_of(body: bytes, entry_hash: bytes, order: int) -> Decision:
    """Give a decision as reconciliation takes it, from the bytes of its entry."""
    return _decision(_decide_of(body), entry_hash, order)


def _decide_of(body: bytes) -> Decide:
    entry = understand(body)
    if not isinstance(entry, Decide):
        raise TypeError("the row of a decision holds another entry")
    return entry


def _decision(entry: Decide, entry_hash: bytes, order: int) -> Decision:
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


def _asked(
    connection: Connection,
    query: str,
    people: Collection[str],
    more: tuple[int, ...],
    *,
    twice: bool = False,
) -> Iterator[Settlement]:
    """Ask about people, some at a time. twice: the query names them twice."""
    for some in in_parts(people):
        marks = ", ".join("?" * len(some))
        asked = (*some, *some, *more) if twice else (*some, *more)
        yield from bulk.fetch(connection, query.format(people=marks), asked)


_DECIDED = (
    "SELECT 'decided', d.who, d.hash, d.body, o.ordinal, p.seq, p.entered FROM decision d "  # noqa: S608 # our own words
    + PLACED.format(hash="d.hash")
    + " WHERE d.who IN ({people})"
)
_FROZEN = (
    "SELECT 'frozen', f.who, f.record, f.intervals, o.ordinal, p.seq, p.entered FROM frozen_record f "  # noqa: S608 # our own words
    "JOIN period_close c ON c.site = f.site AND c.month = f.month "
    + PLACED.format(hash="c.hash")
    + " WHERE f.who IN ({people}) AND f.month BETWEEN ? AND ?"
)
