"""Completeness: up to when everything of a kiosk is in, and which local dates a gap leaves open (A3; RULES, "Completeness")."""

from collections.abc import Sequence, Set

from sqlalchemy import Connection, func, select

from schemas.limits import SAFE_INTEGER_MAX
from server.books.dates import local_day
from server.books.derive import stored
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import read_branches, read_rows, time_rows
from server.intake.ingest import read_ranges
from server.models.derived import Mark
from server.models.log import LogEntry
from server.reconcile.facts import Gap
from sync.clock import UNBOUNDED_MS, AnchorMark
from sync.heads import Range, gaps, is_forked


def frontier_of(connection: Connection, log: int) -> int | None:
    """Give the time before which everything of this log is in, on each of its branches; None if one never said so.

    A frontier whose own time nothing bounds says nothing.
    """
    ours = (Mark.log == log, Mark.kind == "frontier", Mark.at_ms > -UNBOUNDED_MS // 2)
    ranges = read_ranges(connection, log)
    if not is_forked(ranges):
        return connection.scalar(select(func.max(Mark.at_ms)).where(*ours))
    rows = connection.execute(select(Mark.seq, Mark.slot, Mark.at_ms).where(*ours))
    said = {(seq, slot): until_ms for seq, slot, until_ms in rows}
    reaches = [
        max((said[row.seq, row.slot] for row in path if (row.seq, row.slot) in said), default=None)
        for path in read_branches(connection, log, max(held.last for held in ranges))
    ]
    known = [reach for reach in reaches if reach is not None]
    return min(known) if len(known) == len(reaches) else None


def gap_facts(connection: Connection, kiosk: KioskLog, ranges: Sequence[Range]) -> list[Gap]:
    """Give the gaps of a log, with the corrected times of the entries around each: of a fork, the earliest and the latest.

    A revoked log counts up to its cut: above it nothing is missing.
    """
    end = min((cut.seq for cut in kiosk.cuts), default=SAFE_INTEGER_MAX)
    missing = [(first, min(last, end)) for first, last in gaps(ranges) if first <= end]
    if not missing:
        return []
    times = _forked_times if is_forked(ranges) else _times
    around = times(connection, kiosk.number, {at for a, b in missing for at in (a - 1, b + 1)})
    found = []
    for first, last in missing:
        after = min(around.get(first - 1, ()), default=None)
        before = max(around.get(last + 1, ()), default=None)
        place = kiosk.place_at(before if before is not None else 0)
        found.append(Gap(kiosk.name, first, last, place.site if place else "", after, before))
    return found


def gap_days(gap: Gap) -> tuple[int, int]:
    """Give the first and last local date that a gap makes incomplete."""
    known = [at for at in (gap.after_ms, gap.before_ms) if at is not None]
    if not known:
        return 0, local_day(2**52)
    return (0 if gap.after_ms is None else local_day(min(known))), local_day(max(known))


def _times(connection: Connection, log: int, seqs: Set[int]) -> dict[int, list[int]]:
    """Give the corrected times of the entries at these seqs."""
    return {seq: _time_of(connection, log, seq) for seq in seqs}


def _forked_times(connection: Connection, log: int, seqs: Set[int]) -> dict[int, list[int]]:
    """Give the corrected times of the entries at these seqs, each along its own branch: which slot it has means nothing."""
    highest = _highest(connection, log)
    marks = _marks(connection, log, 1, highest)
    found: dict[int, list[int]] = {}
    for path in read_branches(connection, log, highest):
        here = [marks[row.seq, row.slot] for row in path if (row.seq, row.slot) in marks]
        for row, instant in zip(path, time_rows(path, here), strict=True):
            if row.seq in seqs and instant is not None:
                found.setdefault(row.seq, []).append(instant.at_ms)
    return found


def _time_of(connection: Connection, log: int, seq: int) -> list[int]:
    """Give the corrected time of the entry at a seq, read within its window; none for a strange one."""
    before = _anchor_seq(connection, log, seq, before=True)
    after = _anchor_seq(connection, log, seq, before=False)
    last = after or _highest(connection, log)
    rows = read_rows(connection, log, before or 1, last)
    marks = list(_marks(connection, log, before or 1, last).values())
    timed = zip(rows, time_rows(rows, marks), strict=True)
    return [i.at_ms for row, i in timed if row.seq == seq and i is not None]


def _highest(connection: Connection, log: int) -> int:
    return connection.scalar(select(func.max(LogEntry.seq)).where(LogEntry.log == log)) or 0


def _anchor_seq(connection: Connection, log: int, seq: int, *, before: bool) -> int | None:
    query = select(func.max(Mark.seq)).where(Mark.seq <= seq)
    if not before:
        query = select(func.min(Mark.seq)).where(Mark.seq >= seq)
    return connection.scalar(query.where(Mark.log == log, Mark.kind == "anchor"))


def _marks(
    connection: Connection, log: int, first: int, last: int
) -> dict[tuple[int, int], AnchorMark]:
    """Give the anchors among these entries, by seq and slot."""
    rows = connection.execute(
        select(Mark.seq, Mark.slot, Mark.fact).where(
            Mark.log == log, Mark.kind == "anchor", Mark.seq.between(first, last)
        )
    )
    kept = [(seq, slot, stored.unpack_anchor(fact)) for seq, slot, fact in rows]
    return {
        (seq, slot): AnchorMark(seq, a.boot, a.mid_ms, a.server_ms, a.half_ms)
        for seq, slot, a in kept
    }
