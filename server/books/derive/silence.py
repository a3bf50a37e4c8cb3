"""Stretches of a log in which people were recorded and no contact with the server, as the log itself shows them (C4).

A stretch ends with the next contact, or with the last entry held; what is later than both is nobody's knowledge.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from sqlalchemy import Connection

from schemas.entry import Attest, Entry, Scan, Void, WalkIn
from server import bulk
from server.books.derive.anchor_index import AnchorIndex
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import Row, read_branches, read_rows, time_rows
from server.reconcile.facts import Silence
from server.reconcile.policy import DAY_MS, DEFAULTS
from sync.canonical import Strange
from sync.clock import AnchorMark
from sync.heads import Range, is_forked

OF_PEOPLE = (Scan, Attest, WalkIn, Void)
"""Entries that a silence is about. A device that only lies in a cupboard is not silent."""


def least_silence_ms(connection: Connection) -> int:
    """Give how long a silence must be, by any policy, to be noted."""
    ((days,),) = bulk.fetch(connection, _LEAST)
    return min(DEFAULTS.anchor_days, DEFAULTS.anchor_days if days is None else int(days)) * DAY_MS


def silences(connection: Connection, anchors: AnchorIndex, ranges: Sequence[Range]) -> set[Silence]:
    """Give the silences of a log, on each of its branches; those shorter than any policy notes may be left out."""
    last = max((held.last for held in ranges), default=0)
    found: set[Silence] = set()
    for rows, marks in (_branches if is_forked(ranges) else _stretches)(connection, anchors, last):
        found.update(_in_rows(anchors.kiosk, rows, marks))
    return found


_Part = tuple[Sequence[Row], list[AnchorMark]]


def _branches(connection: Connection, anchors: AnchorIndex, last: int) -> Iterator[_Part]:
    """Give each branch as a whole, with its own anchors."""
    marks = anchors.by_entry()
    for path in read_branches(connection, anchors.kiosk.number, last):
        yield path, [marks[row.seq, row.slot] for row in path if (row.seq, row.slot) in marks]


def _stretches(connection: Connection, anchors: AnchorIndex, last: int) -> Iterator[_Part]:
    """Give what lies before the first anchor, after the last, and between two that are far apart, with these anchors."""
    marks = sorted(anchors.by_entry().values(), key=lambda mark: mark.seq)
    least_ms = least_silence_ms(connection)
    ends: Iterable[tuple[AnchorMark | None, AnchorMark | None]] = pairwise([None, *marks, None])
    for before, after in ends:
        if before and after and after.server_ms - before.server_ms <= least_ms:
            continue
        first, stop = before.seq if before else 1, after.seq if after else last
        rows = read_rows(connection, anchors.kiosk.number, first, stop)
        yield rows, [mark for mark in (before, after) if mark]


def _in_rows(
    kiosk: KioskLog, rows: Sequence[Row], marks: Sequence[AnchorMark]
) -> Iterator[Silence]:
    contacts = {mark.seq for mark in marks}
    times: list[tuple[int, int]] = []
    until_ms = 0
    for row, instant in zip(rows, time_rows(rows, marks), strict=True):
        if instant is None:
            continue
        until_ms = instant.at_ms
        if row.seq in contacts and times:
            yield _silence(kiosk, times, until_ms)
            times = []
        elif _is_of_people(row.entry):
            times.append((row.seq, instant.at_ms))
    if times:
        yield _silence(kiosk, times, until_ms)


def _is_of_people(entry: Entry | Strange) -> bool:
    return isinstance(entry, OF_PEOPLE)


def _silence(kiosk: KioskLog, times: Sequence[tuple[int, int]], until_ms: int) -> Silence:
    (first, from_ms), (last, _) = times[0], times[-1]
    place = kiosk.place_at(from_ms)
    return Silence(kiosk.name, first, last, place.site if place else "", from_ms, until_ms)


_LEAST = "SELECT MIN(value) FROM policy WHERE key = 'anchor_days'"
