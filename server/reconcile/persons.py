"""Which numbers are one person (D5): merges and unmerges, in central order, give the same whatever order they are handed in."""

from collections.abc import Iterable
from typing import NamedTuple


class Merged(NamedTuple):
    """The central entry `hash` says that `who` is the same person as `into`, who keeps the number."""

    order: int
    hash: bytes
    who: str
    into: str


class Unmerged(NamedTuple):
    """The central entry at `order` takes the merge `entry` back."""

    order: int
    entry: bytes


def persons(merges: Iterable[Merged], unmerges: Iterable[Unmerged]) -> dict[str, str]:
    """Give, for each number that was ever merged and is not any more its own, the number that the person keeps."""
    gone = {undone.entry: undone.order for undone in unmerges}
    kept: dict[str, str] = {}
    for merge in sorted(set(merges)):
        if gone.get(merge.hash, -1) > merge.order:
            continue
        who, into = _keeper(kept, merge.who), _keeper(kept, merge.into)
        if who != into:
            kept[who] = into
    return {number: _keeper(kept, number) for number in kept}


def _keeper(kept: dict[str, str], number: str) -> str:
    """Follow merges to the number that is kept. It ends: a number is given up once, and never into itself."""
    while number in kept:
        number = kept[number]
    return number
