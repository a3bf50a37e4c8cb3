"""News of people: scans that are new or moved or, in their place, records that were made of them ahead (`ahead`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from server.books.derive import stored
from server.books.derive.crew_words import RecordTuple
from server.books.derive.known import Logs, New
from server.reconcile.cuts import Span
from server.reconcile.facts import ScanFact
from server.reconcile.order import is_stated

WHO: Final = 0
IN_MS: Final = 1
SITE: Final = 3
OUT_MS: Final = 9
FACTS: Final = 15
"""Places of columns in a row of `derived.record`."""

_new = tuple.__new__
"""Makes a named tuple at half the cost of calling its class, where there is one an entry."""


_AT_MS = attrgetter("at_ms")


class _End(NamedTuple):
    at_ms: int
    hash: bytes


@dataclass(slots=True)
class News:
    """By number; nobody is in both. logs: by number, to read scans back from records. reach: from when to when all of it lies.

    stated: those of the scans that are ends which a lead stated.
    """

    scans: dict[str, list[ScanFact]]
    ahead: dict[str, list[RecordTuple]]
    logs: Logs
    reach: Span | None = field(init=False)
    stated: dict[str, list[ScanFact]] = field(init=False)

    def __post_init__(self) -> None:
        """Look once how far it reaches, and what of it was stated."""
        scans = list(chain.from_iterable(self.scans.values()))
        noted = [scan for scan in scans if scan.more is not None]  # hardly any: a call each costs
        self.stated = by_person(filter(is_stated, noted))
        times = list(map(_AT_MS, scans))
        for rows in self.ahead.values():
            for row in rows:
                times += row[IN_MS], row[OUT_MS] or row[IN_MS]
        self.reach = Span(min(times), max(times)) if times else None

    def __contains__(self, who: object) -> bool:
        """Tell whether there is news of a person."""
        return who in self.scans or who in self.ahead

    def __getitem__(self, who: str) -> Sequence[New]:
        """Give what is new of a person."""
        if who in self.ahead:
            return [end for row in self.ahead[who] for end in _ends(row)]
        return self.scans[who]

    def people(self) -> list[str]:
        """Give whom there is news of, in order."""
        return sorted([*self.scans, *self.ahead])

    def read_back(self, people: Iterable[str]) -> None:
        """Take the scans of these people instead of the records that were made of them ahead, which do not stand."""
        for who in people:
            own = self.scans.setdefault(who, [])
            own += scans_of(self.ahead.pop(who), self.logs)


def make_news(
    scans: Iterable[ScanFact], ahead: Mapping[str, list[RecordTuple]], logs: Logs
) -> News:
    """Make news of scans, and of records made ahead: those of people with other scans, too, do not stand."""
    news = News(by_person(scans), dict(ahead), logs)
    news.read_back(news.scans.keys() & news.ahead.keys())
    return news


def by_person(scans: Iterable[ScanFact]) -> dict[str, list[ScanFact]]:
    """Give scans by the number that was scanned."""
    found: defaultdict[str, list[ScanFact]] = defaultdict(list)
    for scan in scans:
        found[scan.who].append(scan)
    return dict(found)


def records_by_person(records: Iterable[RecordTuple]) -> dict[str, list[RecordTuple]]:
    """Give records by whose they are."""
    found: defaultdict[str, list[RecordTuple]] = defaultdict(list)
    for one in records:
        found[one[WHO]].append(one)
    return dict(found)


def scans_of(records: Iterable[RecordTuple], logs: Logs) -> list[ScanFact]:
    """Give the scans of these records."""
    return [
        scan for row in records for scan in stored.unpack_scans(row[WHO], logs, bytes(row[FACTS]))
    ]


def _ends(row: RecordTuple) -> tuple[_End, _End]:
    """Give when a record begins and ends. Nobody can have spoken of scans that were never derived: their hashes tell nothing."""
    in_ms, out_ms = row[IN_MS], row[OUT_MS]
    return _new(_End, (in_ms, b"")), _new(_End, (out_ms or in_ms, b""))
