"""What a close freezes: postings of the month, adjustments to earlier months, and the minutes behind them.

The digests here are in close entries, so how they are made never changes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from server.books.derive.stored import pack
from server.books.periods.months import month_of
from server.reconcile.evidence import pieces_of
from server.reconcile.facts import Posting, Reconciled
from server.reconcile.minutes import by_day


class Key(NamedTuple):
    """What tells postings apart that add up: all but the site, which is that of the close, and the minutes."""

    who: str
    record: bytes
    day: int
    verdict: str
    cause: str
    team: str
    region: str


class FrozenMinutes(NamedTuple):
    """The minutes of a record in closed months. intervals: (start, end, verdict)."""

    who: str
    record: bytes
    intervals: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """postings: minutes by key, none 0, in order. records: the minutes behind them, in order."""

    postings: tuple[tuple[Key, int], ...]
    records: tuple[FrozenMinutes, ...]

    def digest(self) -> bytes:
        """Give one hash over all of it."""
        rows = [[*key, minutes] for key, minutes in self.postings]
        return sha256(pack([rows, [list(record) for record in self.records]])).digest()

    def totals(self, month: int, *, inside: bool) -> dict[str, int]:
        """Add up minutes by verdict, of dates inside the month or of those before it."""
        total = {"credited": 0, "held": 0, "refused": 0}
        for key, minutes in self.postings:
            if (month_of(key.day) == month) is inside:
                total[key.verdict] += minutes
        return total

    def counts(self, month: int) -> tuple[int, int]:
        """Give how many people and how many records have a posting in the month itself."""
        own = [key for key, _ in self.postings if month_of(key.day) == month]
        return len({key.who for key in own}), len({key.record for key in own})


def key_of(posting: Posting) -> Key:
    """Give the key of a posting."""
    p = posting
    return Key(p.who, p.record, p.day, p.verdict, p.cause, p.team, p.region)


def frozen_set(
    site: str,
    months: Collection[int],
    meanings: Iterable[Reconciled],
    before: Mapping[Key, int],
) -> FrozenSet:
    """Give what a close freezes: what these people's facts mean in these months at the site, less what was frozen before."""
    total = {key: -minutes for key, minutes in before.items()}
    known = list(meanings)
    for posting in (posting for meaning in known for posting in meaning.postings):
        if posting.site == site and month_of(posting.day) in months:
            key = key_of(posting)
            total[key] = total.get(key, 0) + posting.minutes
    postings = tuple(sorted((key, minutes) for key, minutes in total.items() if minutes))
    changed = {key.record for key, _ in postings}
    records = [
        FrozenMinutes(record.who, record.id, intervals)
        for meaning in known
        for record in meaning.records
        if record.id in changed and (intervals := _within(meaning, record.id, months))
    ]
    return FrozenSet(postings, tuple(sorted(records)))


def _within(
    meaning: Reconciled, record: bytes, months: Collection[int]
) -> tuple[tuple[int, int, str], ...]:
    """Give a record's minutes that lie in these months."""
    owner = next(each for each in meaning.records if each.id == record)
    found = []
    for piece in pieces_of(meaning, owner):
        at = piece.start
        for day, minutes in by_day(piece.start, piece.end):
            if month_of(day) in months:
                found.append((at, at + minutes, piece.verdict))
            at += minutes
    return tuple(found)
