"""What the centre holds of logs, as ranges: how far each reaches, where entries are missing, which have branches (A2, A3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server.models.log import LogRange
from sync.heads import Range, gaps, is_forked
from sync.ids import EntryHash


@dataclass(frozen=True, slots=True)
class Pieces:
    """A log that is held in several ranges. forked: it has branches. missing: how many entries lie in its gaps."""

    forked: bool
    missing: int


def read_pieces(connection: Connection) -> Mapping[int, Pieces]:
    """Give the logs that are held in more than one range, by number: a few of all."""
    several = select(LogRange.log).group_by(LogRange.log).having(func.count() > 1)
    gapped = select(LogRange.log).where(LogRange.first > 1)
    found: dict[int, list[Range]] = {}
    rows = select(LogRange).where(LogRange.log.in_(several.union(gapped)))
    for row in connection.execute(rows):
        held = Range(row.first, row.last, EntryHash(row.previous), EntryHash(row.head))
        found.setdefault(row.log, []).append(held)
    return {log: _pieces(ranges) for log, ranges in found.items()}


def read_reaches(connection: Connection, logs: Collection[int]) -> Mapping[int, int]:
    """Give the highest seq held of each of these logs."""
    rows = connection.execute(
        select(LogRange.log, func.max(LogRange.last))
        .where(LogRange.log.in_(sorted(logs)))
        .group_by(LogRange.log)
    )
    return {log: int(last) for log, last in rows}


def _pieces(ranges: list[Range]) -> Pieces:
    missing = sum(last - first + 1 for first, last in gaps(ranges))
    return Pieces(is_forked(ranges), missing)
