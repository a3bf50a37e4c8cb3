"""Times of a forked log: each branch by its own anchors, and a boot that has none there by those of the other branches.

The clock of a boot is one, whichever branch the contact stands on: a branch whose boot was told its time on another must not
run back behind the entries that both have. An entry on several branches has its surest time (A2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from sqlalchemy import Connection, select

from server.books.derive.anchor_index import AnchorIndex
from server.books.derive.revoked import held_on_branches
from server.books.derive.timeline import Fork, Row, branches, read_rows, time_rows
from server.models.log import LogEntry
from sync.clock import AnchorMark, Instant
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
        anchors_of_boots = [*own, *_of_other_boots(own, marks.values())]
        for row, instant in zip(path, time_rows(path, anchors_of_boots), strict=True):
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


def _of_other_boots(own: Iterable[AnchorMark], marks: Iterable[AnchorMark]) -> list[AnchorMark]:
    """Give the anchors of boots without one among a branch's own, in an order in which arrival has no say."""
    contacted = {mark.boot for mark in own}
    others = (mark for mark in marks if mark.boot not in contacted)
    return sorted(others, key=attrgetter("seq", "server_ms", "mid_ms", "half_ms"))


def _surer(one: Seen | None, other: Seen) -> Seen:
    """Of two times of one entry, seen from two branches, take the surer; as sure, the earlier."""
    if one is None or one.instant is None or other.instant is None:
        return other if one is None else one
    return min(one, other, key=_rank)


def _rank(seen: Seen) -> tuple[int, int, bytes]:
    if seen.instant is None:
        raise TypeError("only timed entries are compared")
    return seen.instant.within_ms, seen.instant.at_ms, seen.branch
