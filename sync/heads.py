"""Who holds what of a log: ranges, gaps, forks.

A range is a maximal run of held entries that follow each other by hash. Every held entry belongs to exactly one range. Two
ranges with the same seq are branches of a fork (A2); seqs that no range has, below one that some range has, are a gap (A3).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sync.ids import EntryHash


@dataclass(frozen=True, slots=True)
class Range:
    """Entries `first` to `last`, following the hash `previous` and ending in the hash `head`."""

    first: int
    last: int
    previous: EntryHash
    head: EntryHash


@dataclass(frozen=True, slots=True)
class Plan:
    """What laying a run onto held ranges means: which of its entries are new, and the ranges afterwards.

    fresh: slices (start, stop) into the run, in order.
    """

    fresh: tuple[tuple[int, int], ...]
    ranges: tuple[Range, ...]


def overlaps(ranges: Sequence[Range], first: int, last: int) -> bool:
    """Tell whether any held entry has a seq from `first` to `last`: only then must stored hashes be compared."""
    return any(held.first <= last and first <= held.last for held in ranges)


def lay(
    ranges: Sequence[Range],
    *,
    first: int,
    previous: EntryHash,
    hashes: Sequence[EntryHash],
    held: Collection[EntryHash] = frozenset(),
) -> Plan:
    """Plan a run with these hashes from seq `first`; `held` are the stored hashes at its seqs (empty without overlap)."""
    fresh = tuple(_fresh(hashes, held))
    after = list(ranges)
    for start, stop in fresh:
        before = hashes[start - 1] if start else previous
        _join(after, Range(first + start, first + stop - 1, before, hashes[stop - 1]))
    return Plan(fresh, tuple(sorted(after, key=lambda r: (r.first, r.last, r.head))))


def gaps(ranges: Sequence[Range]) -> list[tuple[int, int]]:
    """Give the missing seqs below the highest held one, as (first, last)."""
    missing, reach = [], 0
    for held in sorted(ranges, key=lambda r: r.first):
        if held.first > reach + 1:
            missing.append((reach + 1, held.first - 1))
        reach = max(reach, held.last)
    return missing


def is_forked(ranges: Sequence[Range]) -> bool:
    """Tell whether two held entries have the same seq."""
    reach = 0
    for held in sorted(ranges, key=lambda r: r.first):
        if held.first <= reach:
            return True
        reach = max(reach, held.last)
    return False


def _fresh(hashes: Sequence[EntryHash], held: Collection[EntryHash]) -> list[tuple[int, int]]:
    if not held:
        return [(0, len(hashes))]
    slices: list[tuple[int, int]] = []
    start: int | None = None
    for index, entry_hash in enumerate(hashes):
        if entry_hash in held:
            if start is not None:
                slices.append((start, index))
            start = None
        elif start is None:
            start = index
    if start is not None:
        slices.append((start, len(hashes)))
    return slices


def _join(ranges: list[Range], run: Range) -> None:
    """Put a new run among the ranges, joined to what it follows and to what follows it."""
    for index, held in enumerate(ranges):
        if held.last + 1 == run.first and held.head == run.previous:
            run = replace(held, last=run.last, head=run.head)
            del ranges[index]
            break
    for index, held in enumerate(ranges):
        if held.first == run.last + 1 and held.previous == run.head:
            run = replace(run, last=held.last, head=held.head)
            del ranges[index]
            break
    ranges.append(run)
