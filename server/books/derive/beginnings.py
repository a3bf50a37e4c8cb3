"""Which records touch some dates: those that began on them, or not longer before than a record can be open.

So a month is read by when its records began, and not by looking at the dates of each there is. On SQLite the index of records by
site and time finds them, site by site; on PostgreSQL an index of blocks by time (BRIN) does, which costs writing next to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from json import loads

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Subquery, func, select, true

from server.access.codes import one_of
from server.books.dates import DAY_MS, SHANGHAI_MS
from server.kept import Kept, once
from server.limits import REPORT_NOW_RECORDS_MAX
from server.models.derived import RecordRow
from server.models.policy import PolicyFigure
from server.reconcile.policy import DEFAULTS

Dates = tuple[int, int]
"""The first and the last of some local dates."""

COUNTED_MAX = REPORT_NOW_RECORDS_MAX + 1
"""Records counted at most, where nobody asks for more: so all that ask in one view ask the same, and the database once."""
_PART_MAX = 4
"""SQLite reads all records if more than one in so many is wanted: each found by the index costs a search for its row."""
_RECORD = RecordRow.__table__.c


@dataclass(frozen=True, slots=True)
class Beginnings:
    """How to find records. longest_ms: how long one can be open; sites: site by site, and these are all that have one."""

    longest_ms: int
    sites: tuple[str, ...] | None = None

    def of(self, first: int, last: int) -> list[ColumnElement[bool]]:
        """Give conditions on `derived.record` that every record meets which touches these dates, and few others do."""
        found = _began(self.longest_ms, (first, last))
        return found if self.sites is None else [*found, one_of(_RECORD.site, self.sites)]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the index tells. counts: of each of the dates; few: fewer are found sooner than all there are looked at."""

    ways: Beginnings
    counts: tuple[int, ...]
    few: int


def look(
    connection: Connection,
    dates: Sequence[Dates],
    sites: Sequence[str] = (),
    most: int = COUNTED_MAX,
) -> Looked:
    """Count the records to be read for each of these dates, at most so many of each, in the index alone.

    sites: at these alone (none: anywhere). One question, asked once in a view.
    """
    return once(connection, _Look(tuple(dates), tuple(sites), most))


def ways_worth(
    connection: Connection, dates: Sequence[Dates], sites: Sequence[str] = ()
) -> Beginnings | None:
    """Give how to find the records of these dates; None where looking at all is cheaper. PostgreSQL knows that by itself."""
    if connection.dialect.name != "sqlite":
        return Beginnings(_LONGEST.of(connection))
    seen = look(connection, dates, sites)
    if COUNTED_MAX in seen.counts and seen.few > COUNTED_MAX:
        seen = look(connection, dates, sites, seen.few)
    return seen.ways if all(count < seen.few for count in seen.counts) else None


def between(connection: Connection, first: int, last: int) -> list[ColumnElement[bool]]:
    """Give conditions by which the records that touch these dates are found, if that is cheaper than reading all (else none)."""
    ways = ways_worth(connection, [(first, last)])
    return ways.of(first, last) if ways else []


@dataclass(frozen=True, slots=True)
class _Look:
    """The question, by which its answer is found again. On SQLite it tells which sites have records, too."""

    dates: tuple[Dates, ...]
    sites: tuple[str, ...]
    most: int

    def __call__(self, connection: Connection) -> Looked:
        longest_ms = _LONGEST.of(connection)
        few = select(func.coalesce(func.max(_RECORD.row), 0) // _PART_MAX + 1).scalar_subquery()
        if connection.dialect.name == "sqlite" and not self.sites:
            there = _sites_with_records()
            listed = select(func.json_group_array(there.c.site)).scalar_subquery()
            counts = self._counts(longest_ms, _RECORD.site.in_(select(there.c.site)))
            sites, fewer, *found = connection.execute(select(listed, few, *counts)).one()
            return Looked(Beginnings(longest_ms, tuple(loads(sites))), tuple(found), fewer)
        where = one_of(_RECORD.site, self.sites) if self.sites else true()
        fewer, *found = connection.execute(select(few, *self._counts(longest_ms, where))).one()
        return Looked(Beginnings(longest_ms), tuple(found), fewer)

    def _counts(self, longest_ms: int, where: ColumnElement[bool]) -> list[ScalarSelect[int]]:
        each = (
            select(_RECORD.in_ms).where(*_began(longest_ms, dates), where).limit(self.most)
            for dates in self.dates
        )
        return [select(func.count()).select_from(e.subquery()).scalar_subquery() for e in each]


def _began(longest_ms: int, dates: Dates) -> list[ColumnElement[bool]]:
    first, last = dates
    from_ms, before_ms = (
        first * DAY_MS - SHANGHAI_MS - longest_ms,
        (last + 1) * DAY_MS - SHANGHAI_MS,
    )
    return [_RECORD.in_ms >= from_ms, _RECORD.in_ms < before_ms]


def _sites_with_records() -> Subquery:
    """Ask for every site that has a record: one look at the index for each, however many records it has."""
    least = func.min(_RECORD.site)
    one = select(least.label("site")).cte("one", recursive=True)
    behind = select(least).where(_RECORD.site > one.c.site).scalar_subquery()
    each = one.union_all(select(behind).where(one.c.site.is_not(None)))
    return select(each.c.site).where(each.c.site.is_not(None)).subquery("there")


def _read_longest(connection: Connection) -> int:
    set_ = select(func.max(PolicyFigure.value)).where(PolicyFigure.key == "open_ms_max")
    return max(connection.scalar(set_) or 0, DEFAULTS.open_ms_max)


_LONGEST = Kept(_read_longest)
"""How long a record can be open, by whatever policy, in milliseconds."""
