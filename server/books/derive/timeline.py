"""The entries of a log with their corrected times, read in windows that end at anchors.

A window between two anchors gives the same times as the whole log (`sync.clock.correct`), so what a new batch can change
lies between the anchor before it and the one after it. A forked log is read whole, branch by branch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.entry import Anchor, Entry
from server import bulk
from sync.canonical import Strange, understand
from sync.chain import link
from sync.clock import AnchorMark, Instant, Stamp, correct, correct_entries

WINDOW_ENTRIES = 5_000
"""Entries read at a time, where anchors allow a cut: few enough that what is made of them stays in the processor's cache."""


class Row(NamedTuple):
    """One held entry, understood (or strange)."""

    seq: int
    slot: int
    hash: bytes
    entry: Entry | Strange


Raw = tuple[int, int, bytes, bytes]
"""One held entry as stored: seq, slot, hash, bytes."""


def read_rows(connection: Connection, log: int, first: int, last: int) -> list[Row]:
    """Read the held entries of a log from seq `first` to `last`, in order."""
    rows = bulk.fetch(connection, _ENTRIES, (log, first, last))
    return [_new(Row, (seq, slot, entry_hash, understand(b))) for seq, slot, entry_hash, b in rows]


def read_raw(connection: Connection, log: int, first: int, last: int) -> list[Raw]:
    """Read the same as `read_rows`, as the driver's rows, whose bodies nobody has looked at: the hot path."""
    return bulk.fetch(connection, _ENTRIES, (log, first, last))


def entries_of(rows: Sequence[Raw]) -> list[Entry | Strange]:
    """Give the entries beside these rows."""
    return [understand(body) for _, _, _, body in rows]


def time_entries(
    rows: Sequence[Raw], entries: Sequence[Entry | Strange], anchors: Sequence[AnchorMark]
) -> list[Instant | None]:
    """Do as `time_rows`."""
    clocked = [entry for entry in entries if not isinstance(entry, Strange)]
    if len(clocked) == len(rows):
        return list(correct_entries([row[0] for row in rows], clocked, anchors))
    pairs = zip(rows, entries, strict=True)
    return time_rows([Row(seq, slot, h, entry) for (seq, slot, h, _), entry in pairs], anchors)


def read_anchor_rows(connection: Connection, log: int, first: int, last: int) -> list[Row]:
    """Read only the anchors among the entries from `first` to `last`, told by their first bytes."""
    rows = bulk.fetch(connection, _ANCHORS, (log, first, last, _ANCHOR_TAG))
    found = [Row(seq, slot, entry_hash, understand(body)) for seq, slot, entry_hash, body in rows]
    return [row for row in found if isinstance(row.entry, Anchor)]


def last_anchor(connection: Connection, log: int, first: int, last: int) -> int:
    """Give the highest seq from `first` to `last` at which an anchor is held, 0 if none."""
    rows = bulk.fetch(connection, _LAST_ANCHOR, (log, first, last, _ANCHOR_TAG))
    return int(rows[0][0])


def time_rows(rows: Sequence[Row], anchors: Sequence[AnchorMark]) -> list[Instant | None]:
    """Give the corrected time of each entry of one branch, in log order; a strange entry has none."""
    stamps = [
        _new(Stamp, (seq, entry.boot, mono_ms := entry.mono_ms, mono_ms + entry.lead_ms))
        for seq, _, _, entry in rows
        if not isinstance(entry, Strange)
    ]
    instants = correct(stamps, anchors)
    if len(stamps) == len(rows):
        return list(instants)
    rest = iter(instants)
    return [None if isinstance(row.entry, Strange) else next(rest) for row in rows]


def windows(first: int, last: int, anchors: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut seqs `first` to `last` at anchors (ascending seqs) into windows that share the anchors at their ends."""
    start = first
    for seq in anchors:
        if first < seq < last and seq - start >= WINDOW_ENTRIES:
            yield start, seq
            start = seq
    yield start, last


@dataclass(frozen=True, slots=True)
class Fork:
    """Where branches part: the seq at which they differ, and the differing entries' hashes."""

    seq: int
    hashes: tuple[bytes, ...]


def branches(rows: Sequence[Row], bodies: dict[bytes, bytes]) -> tuple[list[list[Row]], list[Fork]]:
    """Tell a forked log's branches apart: each as the list of its rows from the start, and where they part.

    An entry follows the entry with the seq before whose hash it links to; one whose forerunner is missing follows, as far
    as time goes, the lowest hash held before it.
    """
    by_seq: dict[int, list[Row]] = {}
    for row in rows:
        by_seq.setdefault(row.seq, []).append(row)
    children: dict[bytes, list[Row]] = {}
    roots: list[Row] = []
    for row in sorted(rows, key=lambda r: (r.seq, r.hash)):
        parent = _parent(row, by_seq, bodies)
        if parent is None:
            roots.append(row)
        else:
            children.setdefault(parent.hash, []).append(row)
    forks = [
        Fork(found[0].seq, tuple(sorted(r.hash for r in found)))
        for found in (*children.values(), roots)
        if len({r.seq for r in found}) == 1 and len(found) > 1
    ]
    paths: list[list[Row]] = []
    for root in roots:
        paths.extend(_paths(root, children))
    return paths, sorted(forks, key=lambda fork: (fork.seq, fork.hashes))


def read_branches(connection: Connection, log: int, last: int) -> list[list[Row]]:
    """Read a forked log up to seq `last`, and give its branches, each from the start."""
    held = bulk.fetch(connection, _BODIES, (log, last))
    return branches(read_rows(connection, log, 1, last), dict(held))[0]


def _parent(row: Row, by_seq: dict[int, list[Row]], bodies: dict[bytes, bytes]) -> Row | None:
    for candidate in by_seq.get(row.seq - 1, ()):
        if link(candidate.hash, bodies[row.hash]) == row.hash:
            return candidate
    earlier = [seq for seq in by_seq if seq < row.seq]
    return min(by_seq[max(earlier)], key=lambda r: r.hash) if earlier else None


def _paths(root: Row, children: dict[bytes, list[Row]]) -> Iterator[list[Row]]:
    stack = [(root, [root])]
    while stack:
        row, path = stack.pop()
        following = children.get(row.hash, [])
        while len(following) == 1:
            row = following[0]
            path.append(row)
            following = children.get(row.hash, [])
        if not following:
            yield path
        stack.extend((child, [*path, child]) for child in following)


_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""

_ANCHOR_TAG = b"\xa6anchor"
_ENTRIES = (
    "SELECT seq, slot, hash, body FROM log_entry "
    "WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq, slot"
)
_BODIES = "SELECT hash, body FROM log_entry WHERE log = ? AND seq <= ?"
_ANCHORS = (
    "SELECT seq, slot, hash, body FROM log_entry "
    "WHERE log = ? AND seq BETWEEN ? AND ? AND substr(body, 2, 7) = ? ORDER BY seq, slot"
)
_LAST_ANCHOR = (
    "SELECT COALESCE(MAX(seq), 0) FROM log_entry "
    "WHERE log = ? AND seq BETWEEN ? AND ? AND substr(body, 2, 7) = ?"
)
