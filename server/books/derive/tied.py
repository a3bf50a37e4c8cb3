"""What decisions tie together: a history is not cut through the time that one speaks of, so each lies wholly in one part.

A decision speaks of its record, of the others that it looked at, and of the minutes that it settles. Where one of its entries
is no record (it repeats another, it has not come in yet, it comes in just now) nobody can tell what it may touch: then nothing
of that person is cut.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from server import bulk
from server.books.derive import stored
from server.books.derive.known import Fresh, Logs
from server.people.roster import in_parts
from server.reconcile.cuts import OPEN_MS, Span, Window
from server.reconcile.facts import Decision
from server.reconcile.policy import MINUTE_MS

Stays = Mapping[bytes, Span]
"""Of one person: by id the time in which each record and its scans lie, which is not the same where only what was approved of
it is left.
"""


class Tied(NamedTuple):
    """A decision, and the time that it speaks of."""

    decision: Decision
    span: Span


def read_tied(
    connection: Connection,
    decisions: Mapping[str, Sequence[Decision]],
    logs: Logs,
    fresh: Fresh,
) -> dict[str, list[Tied]]:
    """Give the decisions, with their times, of each person with new scans whose history may be cut."""
    concerned = {who: own for who, own in decisions.items() if who in fresh}
    named = {who: [e for d in own for e in (d.record, *d.others)] for who, own in concerned.items()}
    stays = read_stays(connection, named, logs)
    found = {}
    for who, own in concerned.items():
        tied = tie(own, stays.get(who, {}), {scan.hash for scan in fresh[who]})
        if tied:
            found[who] = tied
    return found


def tie(decisions: Iterable[Decision], stays: Stays, fresh: Collection[bytes]) -> list[Tied]:
    """Give a person's decisions with their times, or nothing if one names an entry that is no record yet, or is a new scan.

    What a counter-decision takes back it speaks of, too.
    """
    spans: dict[bytes, Span] = {}
    tied = []
    for one in sorted(decisions, key=lambda one: (one.order, one.hash)):
        entries = (one.record, *one.others)
        if any(entry in fresh or entry not in stays for entry in entries):
            return []
        parts = [stays[entry] for entry in entries]
        parts += [Span(start * MINUTE_MS, end * MINUTE_MS) for start, end, _ in one.intervals]
        if one.undoes in spans:
            parts.append(spans[one.undoes])
        spans[one.hash] = _hull(at for part in parts for at in part)
        tied.append(Tied(one, spans[one.hash]))
    return tied


def within(tied: Iterable[Tied], window: Window) -> list[Decision]:
    """Give the decisions that lie in a part of the history."""
    return [one.decision for one in tied if window.has(one.span.start_ms)]


def _hull(times: Iterable[int]) -> Span:
    known = list(times)
    return Span(min(known), max(known))


def read_stays(
    connection: Connection, named: Mapping[str, Collection[bytes]], logs: Logs
) -> dict[str, dict[bytes, Span]]:
    """Give the times of records, by number and id. named: the ids that are sought of each person; others may be given, too."""
    found: dict[str, dict[bytes, Span]] = {}
    for people in in_parts(named):
        for ids in in_parts(sorted({one for who in people for one in named[who]})):
            query = _RECORDS.format(people=marks(people), ids=marks(ids))
            for who, id_, in_ms, out_ms, facts in bulk.fetch(connection, query, (*people, *ids)):
                end_ms = in_ms + OPEN_MS if out_ms is None else out_ms
                scans = stored.unpack_scans(who, logs, bytes(facts))
                span = _hull([in_ms, end_ms, *(scan.at_ms for scan in scans)])
                found.setdefault(who, {})[bytes(id_)] = span
    return found


def marks(values: Sequence[object]) -> str:
    """Give a place for each of these values."""
    return ", ".join("?" * len(values))


_RECORDS = (
    "SELECT who, id, in_ms, out_ms, facts FROM derived.record "
    "WHERE who IN ({people}) AND id IN ({ids})"
)
