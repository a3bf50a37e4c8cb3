"""Groups of people who came and went together (E2), found where records changed, and whom a hold concerns since.

Groups follow from pairing alone, and pairing from no hold: so people are derived first, groups found among their records, and
those whose holds changed are derived once more, which changes no record's ends. Where nothing is dense, what is new costs one
look at an index.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sqlalchemy import Connection

from server import bulk
from server.books.dates import local_day
from server.books.derive_people import Moved
from server.books.group_holds import ANY_HOLD
from server.books.person_facts import Logs
from server.books.site_stays import read_site_stays
from server.books.stored import pack
from server.models.group import GroupHoldRow
from server.people.reference import load_reference
from server.reconcile.facts import Reference
from server.reconcile.rules.fraud import e2_holds
from server.reconcile.rules.together import crowds

_Span = tuple[int, int]
_EVER = (-(2**62), 2**62)


def regroup(connection: Connection, moved: Moved, logs: Logs) -> list[str]:
    """Find groups anew around what moved, and keep their holds; give the people whose holds are not what they were."""
    reference = load_reference(connection, ())
    by_site: dict[str, list[int]] = {}
    for site, at_ms in moved:
        by_site.setdefault(site, []).append(at_ms)
    changed: set[str] = set()
    is_any = bool(bulk.fetch(connection, ANY_HOLD))
    for site, times in sorted(by_site.items()):
        if site:
            for span in _spans(sorted(times), _reach(reference, site, times)):
                found = _regroup_span(connection, site, span, reference, logs, is_any=is_any)
                changed |= found
    return sorted(changed)


def regroup_all(connection: Connection, logs: Logs) -> list[str]:
    """Do so everywhere: after a rebuild, and when reference data changed."""
    before = {(site, at_ms) for site, at_ms in bulk.fetch(connection, _HELD)}
    return regroup(connection, {*before, *_dense(connection)}, logs)


def _regroup_span(
    connection: Connection,
    site: str,
    span: _Span,
    reference: Reference,
    logs: Logs,
    *,
    is_any: bool,
) -> set[str]:
    """Find the holds on records that began in a span. Only records within reach of it can have a part in their groups."""
    first_ms, last_ms = span
    reach = _reach(reference, site, span)
    before = _stored_holds(connection, site, span) if is_any else {}
    around = (first_ms - reach, last_ms + reach)
    now = {}
    for dense in _dense_spans(connection, site, around, reference):
        stays = list(read_site_stays(connection, site, *dense, logs))
        at = {stay.record: stay.in_ms for stay in stays}
        holds = e2_holds(stays, lambda day: reference.policy(site, day))
        for record, (who, hold) in holds.items():
            if first_ms <= at[record] <= last_ms:
                fact = pack((hold.entries, hold.figures))
                now[who, record] = (who, record, site, at[record], fact)
    gone = [key for key in before if key not in now]
    new = [row for key, row in now.items() if before.get(key) != row]
    for who, record in gone:
        bulk.execute(connection, _FORGET, (who, record))
    bulk.upsert(connection, GroupHoldRow, sorted(new))
    return {who for who, _ in gone} | {row[0] for row in new}


def _stored_holds(
    connection: Connection, site: str, span: _Span
) -> dict[tuple[str, bytes], tuple[str, bytes, str, int, bytes]]:
    rows = bulk.fetch(connection, _STORED, (site, *span))
    return {
        (who, bytes(record)): (who, bytes(record), site, at_ms, bytes(fact))
        for who, record, at_ms, fact in rows
    }


def _dense_spans(
    connection: Connection, site: str, around: _Span, reference: Reference
) -> list[_Span]:
    """Give the spans in which so many records began close together as make a group, from the index alone.

    A group lies in one of them, and so does whoever could be added to it.
    """
    times = [at_ms for (at_ms,) in bulk.fetch(connection, _TIMES, (site, *around))]
    policies = [reference.policy(site, day) for day in {local_day(at_ms) for at_ms in times}]
    people = min((policy.together_people for policy in policies), default=0)
    if len(times) < people or not times:
        return []
    window_ms = max(policy.together_ms for policy in policies)
    ins = [(at_ms, str(place)) for place, at_ms in enumerate(times)]
    return [(times[first], times[last - 1]) for first, last in crowds(ins, window_ms, people)]


def _dense(connection: Connection) -> Iterator[tuple[str, int]]:
    """Give the sites and times between which groups may have begun, from the index alone, site by site."""
    reference = load_reference(connection, ())
    for (site,) in bulk.fetch(connection, _SITES):
        for first_ms, last_ms in _dense_spans(connection, site, _EVER, reference):
            reach = _reach(reference, site, (first_ms, last_ms))
            yield from ((site, at_ms) for at_ms in range(first_ms, last_ms + reach, reach or 1))


def _reach(reference: Reference, site: str, times: Iterable[int]) -> int:
    """Give how far apart two records of one group may begin."""
    days = {day + by for day in map(local_day, times) for by in (-1, 0, 1)}
    return max(reference.policy(site, day).together_ms for day in days)


def _spans(times: list[int], reach: int) -> Iterator[_Span]:
    """Widen each time by the reach, and unite what then touches."""
    start, last = times[0], times[0]
    for before, at_ms in pairwise(times):
        if at_ms - before > 2 * reach:
            yield start - reach, last + reach
            start = at_ms
        last = at_ms
    yield start - reach, last + reach


_HELD = "SELECT site, in_ms FROM derived.group_hold"
_STORED = "SELECT who, record, in_ms, fact FROM derived.group_hold WHERE site = ? AND in_ms BETWEEN ? AND ?"
_FORGET = "DELETE FROM derived.group_hold WHERE who = ? AND record = ?"
_TIMES = "SELECT in_ms FROM derived.record WHERE site = ? AND in_ms BETWEEN ? AND ? ORDER BY in_ms"
_SITES = "SELECT DISTINCT site FROM derived.record WHERE site <> ''"
