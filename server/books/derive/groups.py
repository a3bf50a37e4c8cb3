"""Groups of people who came and went together (E2), found where records changed, and whom a hold concerns since.

Groups follow from pairing alone, and pairing from no hold: so people are derived first, groups found among their records, and
those whose holds changed are derived once more, which changes no record's ends.

What is new costs one look at an index, unless short or typed records are many there: a held group consists of stays that are
short (each lasts less than the gap and both windows together), or has more typed scans than others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection

from server import bulk
from server.books.derive.known import Logs
from server.books.derive.people import Moved
from server.books.derive.site_stays import read_site_stays
from server.books.derive.stored import pack
from server.models.derived import ENTERED, ODD, ODD_MS
from server.models.group import GroupHoldRow
from server.people.reference import load_reference
from server.reconcile.facts import Reference
from server.reconcile.policy import DEFAULTS
from server.reconcile.rules.fraud import e2_holds
from server.reconcile.rules.together import SiteStay, crowds

_Span = tuple[int, int]
_Rows = dict[tuple[str, bytes], tuple[str, bytes, str, int, bytes]]
"""Rows of holds, by whom and which record."""


class _Widest(NamedTuple):
    """Figures that take in those of every site and date: what they leave out is no held group anywhere.

    window_ms: how far apart people of a group come, at most. short_ms: how long who leaves soon is there, at most. people:
    how many make a group; typed: how many of one that most typed scans hold were typed; both at least.
    """

    window_ms: int
    short_ms: int
    people: int
    typed: int


def regroup(connection: Connection, moved: Moved, logs: Logs) -> list[str]:
    """Find groups anew around what moved, and keep their holds; give the people whose holds are not what they were."""
    work = _Work(connection, logs, load_reference(connection, ()), _widest(connection))
    changed: set[str] = set()
    for site, times in sorted(moved.items()):
        if site:
            for span in _spans(sorted(times), work.widest.window_ms):
                changed |= work.regroup(site, span)
    return sorted(changed)


def regroup_all(connection: Connection, logs: Logs) -> list[str]:
    """Do so everywhere: after a rebuild, and when reference data changed."""
    short_ms = _widest(connection).short_ms
    odd = bulk.fetch(connection, _ALL_ODD.format(among=_among(short_ms)), (short_ms,))
    kept = bulk.fetch(connection, _KEPT)
    moved = Moved(list)
    for site, at_ms in (*odd, *kept):
        moved[site].append(at_ms)
    return regroup(connection, moved, logs)


@dataclass(frozen=True, slots=True)
class _Work:
    connection: Connection
    logs: Logs
    reference: Reference
    widest: _Widest

    def regroup(self, site: str, span: _Span) -> set[str]:
        """Find the holds on records that began in a span, and keep them; give those whose holds changed."""
        before, now = self._stored(site, span), self._found(site, span)
        gone = [key for key in before if key not in now]
        new = [row for key, row in now.items() if before.get(key) != row]
        for key in gone:
            bulk.execute(self.connection, _FORGET, key)
        bulk.upsert(self.connection, GroupHoldRow, sorted(new))
        return {who for who, _ in gone} | {row[0] for row in new}

    def _stored(self, site: str, span: _Span) -> _Rows:
        rows = bulk.fetch(self.connection, _STORED, (site, *span))
        kept = [(who, bytes(record), site, in_ms, bytes(fact)) for who, record, in_ms, fact in rows]
        return {row[:2]: row for row in kept}

    def _found(self, site: str, span: _Span) -> _Rows:
        """Only records within a window of the span can have a part in the groups of those within it."""
        window_ms, short_ms, _, _ = self.widest
        short, typed = self._crowds(site, (span[0] - window_ms, span[1] + window_ms))
        stays: dict[bytes, SiteStay] = {}
        for start, end in short:
            read = read_site_stays(
                self.connection, site, start, end, self.logs, shorter_than_ms=short_ms
            )
            stays.update((stay.record, stay) for stay in read)
        for start, end in typed:
            wide = start - window_ms, end + window_ms
            read = read_site_stays(self.connection, site, *wide, self.logs)
            stays.update((stay.record, stay) for stay in read)
        holds = e2_holds(stays.values(), lambda day: self.reference.policy(site, day))
        return {
            (who, record): (who, record, site, at_ms, pack((hold.entries, hold.figures)))
            for record, (who, hold) in holds.items()
            if span[0] <= (at_ms := stays[record].in_ms) <= span[1]
        }

    def _crowds(self, site: str, around: _Span) -> tuple[list[_Span], list[_Span]]:
        """Give the spans in which as many short records, and as many typed ones, began close together as a held group has."""
        window_ms, short_ms, people, typed = self.widest
        query = _ODD.format(among=_among(short_ms))
        rows = bulk.fetch(self.connection, query, (short_ms, site, *around, short_ms))
        short = [at_ms for at_ms, is_short, _ in rows if is_short]
        entered = [at_ms for at_ms, _, is_typed in rows if is_typed]
        return _dense(short, window_ms, people), _dense(entered, window_ms, typed)


def _among(short_ms: int) -> str:
    """Say among which records to look: odd ones, which an index holds, unless a policy calls longer ones short, too."""
    return f"({ODD})" if short_ms <= ODD_MS else "TRUE"


def _dense(times: list[int], window_ms: int, count: int) -> list[_Span]:
    """Give the spans in which so many of these times, in order, lie close together."""
    ins = [(at_ms, str(place)) for place, at_ms in enumerate(times)]
    return [(times[first], times[last - 1]) for first, last in crowds(ins, window_ms, count)]


def _widest(connection: Connection) -> _Widest:
    """Read how far any policy, of any site and date, goes."""
    figures = {name: {int(getattr(DEFAULTS, name))} for name in _NAMES}
    for key, least, most in bulk.fetch(connection, _POLICIES, _NAMES):
        figures[key] |= {int(least), int(most)}
    window_ms, short_ms = max(figures["together_ms"]), max(figures["together_short_ms"])
    people = min(figures["together_people"])
    return _Widest(window_ms, short_ms + 2 * window_ms, people, max(1, people // 2 + 1))


def _spans(times: list[int], reach_ms: int) -> Iterator[_Span]:
    """Widen each time by the reach, and unite what then touches."""
    start = times[0]
    for before, at_ms in pairwise(times):
        if at_ms - before > 2 * reach_ms:
            yield start - reach_ms, before + reach_ms
            start = at_ms
    yield start - reach_ms, times[-1] + reach_ms


_NAMES = ("together_ms", "together_short_ms", "together_people")
_POLICIES = "SELECT key, MIN(value), MAX(value) FROM policy WHERE key IN (?, ?, ?) GROUP BY key"
_KEPT = "SELECT site, in_ms FROM derived.group_hold"
_STORED = "SELECT who, record, in_ms, fact FROM derived.group_hold WHERE site = ? AND in_ms BETWEEN ? AND ?"
_FORGET = "DELETE FROM derived.group_hold WHERE who = ? AND record = ?"
_ODD = (
    f"SELECT in_ms, CASE WHEN out_ms - in_ms < ? THEN 1 ELSE 0 END, CASE WHEN {ENTERED} THEN 1 ELSE 0 END "  # noqa: S608 # constants
    "FROM derived.record WHERE site = ? AND in_ms BETWEEN ? AND ? AND {among} "
    f"AND (out_ms - in_ms < ? OR {ENTERED}) ORDER BY in_ms"
)
_ALL_ODD = (
    f"SELECT site, in_ms FROM derived.record WHERE {{among}} AND (out_ms - in_ms < ? OR {ENTERED})"  # noqa: S608 # constants
)
