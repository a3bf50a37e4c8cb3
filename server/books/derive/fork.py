"""Times of a forked log: each branch by its own anchors; an entry on several branches has its surest time (A2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from server.books.derive.anchor_index import AnchorIndex
from server.books.derive.revoked import held_on_branches
from server.books.derive.timeline import Fork, Row, branches, read_rows, time_rows
from server.models.log import LogEntry
from sync.clock import Instant
from sync.heads import Range, is_forked


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with its time, as seen from one branch. branch: b"" before the fork, else what tells the branch apart.

    stands: no revocation of the log holds it.
    """

    row: Row
    instant: Instant | None
    branch: bytes
    stands: bool = True


def time_branches(
    connection: Connection, anchors: AnchorIndex, last: int
) -> tuple[list[Seen], list[Fork]]:
    """Read a forked log up to seq `last`, and give each entry with its time, in order, and where the branches part."""
    log = anchors.kiosk.number
    rows = read_rows(connection, log, 1, last)
    paths, forks = branches(rows, _bodies(connection, log, last))
    forked_from = min((fork.seq for fork in forks), default=last + 1)
    marks = anchors.by_entry()
    best: dict[bytes, Seen] = {}
    for path in paths:
        branch = next((row.hash for row in path if row.seq >= forked_from), b"")
        own = [marks[row.seq, row.slot] for row in path if (row.seq, row.slot) in marks]
        for row, instant in zip(path, time_rows(path, own), strict=True):
            seen = Seen(row, instant, branch if row.seq >= forked_from else b"")
            best[row.hash] = _surer(best.get(row.hash), seen)
    held = held_on_branches(anchors.kiosk.cuts, paths)
    entries = (replace(one, stands=one.row.hash not in held) for one in best.values())
    return sorted(entries, key=lambda s: (s.row.seq, s.row.hash)), forks


def partings_of(connection: Connection, log: int, ranges: Sequence[Range]) -> list[Fork]:
    """Give where the branches of a log part; nothing where it has but one."""
    if not is_forked(ranges):
        return []
    last = max(held.last for held in ranges)
    return branches(read_rows(connection, log, 1, last), _bodies(connection, log, last))[1]


def _bodies(connection: Connection, log: int, last: int) -> dict[bytes, bytes]:
    held = connection.execute(
        select(LogEntry.hash, LogEntry.body).where(LogEntry.log == log, LogEntry.seq <= last)
    )
    return {bytes(entry_hash): bytes(body) for entry_hash, body in held}


def _surer(one: Seen | None, other: Seen) -> Seen:
    """Of two times of one entry, seen from two branches, take the surer; as sure, the earlier."""
    if one is None or one.instant is None or other.instant is None:
        return other if one is None else one
    return min(one, other, key=_rank)


def _rank(seen: Seen) -> tuple[int, int, bytes]:
    if seen.instant is None:
        raise TypeError("only timed entries are compared")
    return seen.instant.within_ms, seen.instant.at_ms, seen.branch
