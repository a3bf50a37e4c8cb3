"""What revocations of logs mean: a log stands up to its cut; above it, and on other branches, its entries are held (A5).

Pure in the set of facts: whether the revocation or the entries came first means nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from server.books.derive.stored import Cut
from server.books.derive.timeline import WINDOW_ENTRIES, Row, read_branches, read_rows
from server.intake.ingest import read_ranges
from sync.heads import Range, gaps, is_forked

Heads = set[tuple[int, bytes]]
"""Entries of one log, by seq and hash."""
Entries = Collection[tuple[int, int, bytes]]
"""Entries by the number of their log, seq and hash."""


class Held(NamedTuple):
    """A log as it is held: its number, kind and key, and its ranges."""

    number: int
    kind: str
    key: bytes
    ranges: Sequence[Range]


def stands(cuts: Sequence[Cut], seq: int, entry_hash: bytes) -> bool:
    """Tell whether an entry of a log without branches stands."""
    return all(seq < cut.seq or (seq, entry_hash) == cut for cut in cuts)


def held_on_branches(cuts: Sequence[Cut], paths: Sequence[Sequence[Row]]) -> set[bytes]:
    """Give the hashes of a forked log's entries that lie above a cut, or on another branch than its own.

    Where the cut's own entry is not held, nobody knows its branch: then what lies below it and before the fork stands.
    """
    held: set[bytes] = set()
    trunk = set.intersection(*({row.hash for row in path} for path in paths)) if paths else set()
    for seq, entry_hash in cuts:
        own = [path for path in paths if any((r.seq, r.hash) == (seq, entry_hash) for r in path)]
        stand = {r.hash for path in own for r in path if r.seq <= seq}
        if not own:
            stand = {r.hash for path in paths for r in path if r.seq < seq and r.hash in trunk}
        held |= {row.hash for path in paths for row in path} - stand
    return held


def held_rows(connection: Connection, log: int, cuts: Sequence[Cut]) -> Iterator[Row]:
    """Give the entries that these cuts hold, a window at a time."""
    ranges = read_ranges(connection, log)
    last = max((held.last for held in ranges), default=0)
    if is_forked(ranges):
        paths = read_branches(connection, log, last)
        held = held_on_branches(cuts, paths)
        yield from {r.hash: r for path in paths for r in path if r.hash in held}.values()
        return
    start = max(1, min((cut.seq for cut in cuts), default=last + 1))
    for first in range(start, last + 1, WINDOW_ENTRIES):
        rows = read_rows(connection, log, first, min(first + WINDOW_ENTRIES - 1, last))
        yield from (row for row in rows if not stands(cuts, row.seq, row.hash))


def is_whole(connection: Connection, log: Held, cut: Cut, held: Entries) -> bool:
    """Tell whether all that stands of a revoked log is held (RULES, "Completeness"). Of a forked log its branches are read."""
    if cut.seq == 0:
        return True
    if (log.number, cut.seq, cut.hash) not in held:
        return False
    if not is_forked(log.ranges):
        return not any(first <= cut.seq for first, _ in gaps(log.ranges))
    for path in read_branches(connection, log.number, cut.seq):
        if (path[-1].seq, path[-1].hash) == cut:
            return [row.seq for row in path] == list(range(1, cut.seq + 1))
    return False
