"""What is known of people's scans, read back from what was derived: all of it, or only the days that news can change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from server import bulk
from server.books.derive import stored
from server.books.derive.rest import read_rest_ms
from server.books.derive.stored import KioskLog
from server.models.derived import ENTERED
from server.people.roster import in_parts
from server.reconcile.cuts import (
    OPEN_MS,
    Span,
    Window,
    reaches,
    span_of_stated,
    window_around,
)
from server.reconcile.facts import Record, ScanFact
from server.reconcile.order import is_stated
from server.reconcile.policy import DAY_MS

Logs = Mapping[int, KioskLog]
"""The kiosks' logs, by number."""

KeptRecord = tuple[str, str, int, bytes]
"""A record as stored: who, site, in_ms, facts."""


class New(Protocol):
    """What is to be known of something new: when it was, and its hash."""

    @property
    def at_ms(self) -> int:
        """Its corrected time."""
        ...

    @property
    def hash(self) -> bytes:
        """Of the entry."""
        ...


class Fresh(Protocol):
    """What is new of some people, by number. reach: from when to when all of it lies."""

    @property
    def reach(self) -> Span | None:
        """None where nothing is new."""
        ...

    def __contains__(self, who: object) -> bool:
        """Tell whether anything is new of a person."""
        ...

    def __getitem__(self, who: str) -> Sequence[New]:
        """Give what is new of a person."""
        ...

    @property
    def stated(self) -> Mapping[str, Sequence[ScanFact]]:
        """What is new of what leads stated, by whom it is about."""
        ...


EVER = Window(-(2**62), 2**62)
SEEN_BEFORE_MS, SEEN_AFTER_MS = 5 * DAY_MS, 5 * DAY_MS
"""How far around news a cut is looked for before a whole history is taken."""


class _Row(NamedTuple):
    who: str
    site: str
    start_ms: int
    end_ms: int
    is_record: bool
    facts: bytes


@dataclass(slots=True)
class Known:
    """What is known of some people, by number.

    scans: by hash. records: as stored. windows: of whom only a part was read, which. open_after: of those, whose first facts
    behind their window begin before a record left open in it could not be closed any more: the number, and when they begin.
    rest_ms: after how long a rest a history can be cut; None: nowhere.
    """

    rest_ms: int | None
    scans: dict[str, dict[bytes, ScanFact]] = field(default_factory=dict)
    records: set[KeptRecord] = field(default_factory=set)
    windows: dict[str, Window] = field(default_factory=dict)
    open_after: dict[str, int] = field(default_factory=dict)

    def reaches_on(self, who: str, records: Iterable[Record]) -> bool:
        """Tell whether one of these records, of a window, is left open and facts behind the window could close it."""
        after_ms = self.open_after.get(who)
        return after_ms is not None and reaches(records, after_ms)

    def add(self, rows: Iterable[_Row], logs: Logs) -> None:
        """Take these rows in."""
        for row in rows:
            scans = self.scans.setdefault(row.who, {})
            for scan in stored.unpack_scans(row.who, logs, row.facts):
                scans[scan.hash] = scan
            if row.is_record:
                self.records.add((row.who, row.site, row.start_ms, row.facts))


def read_known(
    connection: Connection,
    people: Collection[str],
    logs: Logs,
    fresh: Fresh | None,
    whole: Collection[str],
    *,
    tied: Mapping[str, Sequence[Span]],
) -> Known:
    """Read what is known of people. fresh: what is new; of those without anything, and of `whole`, everything is read.

    tied: of each person times through which no cut may go.
    """
    rest_ms = read_rest_ms(connection)
    known = Known(rest_ms)
    all_of = set(people)
    reach = None if fresh is None else fresh.reach
    if rest_ms is not None and fresh is not None and reach is not None:
        new = [who for who in people if who in fresh and who not in whole]
        seen = Window(reach.start_ms - SEEN_BEFORE_MS, reach.end_ms + SEEN_AFTER_MS)
        by_person: dict[str, list[_Row]] = {}
        for row in _read(connection, new, seen):
            by_person.setdefault(row.who, []).append(row)
        nobody_near = window_around(reach, (), seen, rest_ms)
        if nobody_near is not None:  # the usual case, and the same for all
            near = by_person.keys() | tied.keys() | fresh.stated.keys()
            known.windows = {who: nobody_near for who in new if who not in near}
        for who in new:
            if who not in known.windows:
                spans = tied.get(who, ())
                _take_part(known, who, fresh, by_person.get(who, ()), spans, seen, rest_ms, logs)
        all_of -= known.windows.keys()
    known.add(_read(connection, [who for who in people if who in all_of], EVER), logs)
    return known


def _take_part(
    known: Known,
    who: str,
    fresh: Fresh,
    rows: Sequence[_Row],
    tied: Sequence[Span],
    seen: Window,
    rest_ms: int,
    logs: Logs,
) -> None:
    """Take in the part of a history that news can change, if it can be cut."""
    spans = [
        *tied,
        *_stated(who, fresh, rows, logs),
        *(Span(row.start_ms, row.end_ms) for row in rows),
    ]
    window = window_around([scan.at_ms for scan in fresh[who]], spans, seen, rest_ms)
    if window is None:
        return
    known.windows[who] = window
    known.add((row for row in rows if window.has(row.start_ms)), logs)
    after = [row.start_ms for row in rows if row.start_ms >= window.end_ms]
    if after and min(after) - OPEN_MS < window.end_ms:
        known.open_after[who] = min(after)


def _stated(who: str, fresh: Fresh, rows: Iterable[_Row], logs: Logs) -> list[Span]:
    """Give the times around ends that leads stated and that count for no record so far. (Which entries they name: `reached`.)"""
    loose = (row.facts for row in rows if not row.is_record)
    known = (scan for facts in loose for scan in stored.unpack_scans(who, logs, facts))
    stated = chain(filter(is_stated, known), fresh.stated.get(who, ()))
    return [span_of_stated(scan.at_ms) for scan in stated]


def _read(connection: Connection, people: Collection[str], seen: Window) -> Iterable[_Row]:
    for some in in_parts(people):
        marks = ", ".join("?" * len(some))
        asked = (*some, seen.start_ms, seen.end_ms)
        for who, site, in_ms, out_ms, reaches_on, is_record, facts in bulk.fetch(
            connection, _SCANS.format(people=marks), asked + asked
        ):
            end_ms = in_ms if out_ms is None else out_ms
            if reaches_on:
                end_ms = max(end_ms, in_ms + OPEN_MS)
            yield _Row(who, site, in_ms, end_ms, is_record == 1, bytes(facts))


_SCANS = (
    f"SELECT who, site, in_ms, out_ms, CASE WHEN out_ms IS NULL OR {ENTERED} THEN 1 ELSE 0 END, 1, facts "  # noqa: S608 # constants
    "FROM derived.record WHERE who IN ({people}) AND in_ms BETWEEN ? AND ? UNION ALL "
    "SELECT who, '', at_ms, at_ms, 0, 0, facts FROM derived.loose_scan "
    "WHERE who IN ({people}) AND at_ms BETWEEN ? AND ?"
)
"""A record that is open can still be closed, and one that a lead closed still be closed by a scan."""
