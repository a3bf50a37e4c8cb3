"""Which records touch some dates: those that began on them, or not longer before than a record can be open.

So a month is read by when its records began, and not by looking at the dates of each there is. On SQLite the index of records by
site and time finds them, site by site; on PostgreSQL an index of blocks by time (BRIN) does, which costs writing next to nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, column, func, select, table

from server import bulk
from server.books.dates import DAY_MS, SHANGHAI_MS
from server.kept import Kept, once
from server.models.derived import RecordRow
from server.models.policy import PolicyFigure
from server.reconcile.policy import DEFAULTS

Dates = tuple[int, int]
"""The first and the last of some local dates."""

_PART_MAX = 4
"""SQLite reads all records if more than one in so many is wanted: each found by the index costs a search for its row."""
_RECORD = RecordRow.__table__.c
_SITES = table("record_site", column("site"))


@dataclass(frozen=True, slots=True)
class Beginnings:
    """How to find records. longest_ms: how long one can be open; by_site: site by site."""

    longest_ms: int
    by_site: bool

    def of(self, first: int, last: int) -> list[ColumnElement[bool]]:
        """Give conditions on `derived.record` that every record meets which touches these dates, and few others do."""
        from_ms, before_ms = self._between(first, last)
        found: list[ColumnElement[bool]] = [
            _RECORD.in_ms >= from_ms,
            _RECORD.in_ms < before_ms,
        ]
        return [*found, _RECORD.site.in_(select(_SITES.c.site))] if self.by_site else found

    def count(
        self, connection: Connection, dates: Dates, most: int, sites: Sequence[str] = ()
    ) -> int:
        """Give how many records meet them, at most so many, from the index alone. sites: at these alone (none: anywhere)."""
        return connection.scalar(self.counted(dates, most, sites)) or 0

    def counted(
        self, dates: Dates, most: int | ColumnElement[int], sites: Sequence[str] = ()
    ) -> Select[int]:
        """Ask how many they are, as `count` does."""
        found = select(RecordRow.in_ms).where(*self.of(*dates))
        if sites:
            found = found.where(_RECORD.site.in_(sorted(sites)))
        return select(func.count()).select_from(found.limit(most).subquery())

    def _between(self, first: int, last: int) -> tuple[int, int]:
        return first * DAY_MS - SHANGHAI_MS - self.longest_ms, (last + 1) * DAY_MS - SHANGHAI_MS


def read_beginnings(connection: Connection, *, sites_named: bool = False) -> Beginnings:
    """Get ready to find records, for the transaction of the caller. sites_named: the question itself says of which sites."""
    by_site = connection.dialect.name == "sqlite" and not sites_named
    if by_site:
        once(connection, _fill)
    return Beginnings(_LONGEST.of(connection), by_site=by_site)


def _read_longest(connection: Connection) -> int:
    set_ = select(func.max(PolicyFigure.value)).where(PolicyFigure.key == "open_ms_max")
    return max(connection.scalar(set_) or 0, DEFAULTS.open_ms_max)


_LONGEST = Kept(_read_longest)
"""How long a record can be open, by whatever policy, in milliseconds."""


def worth_finding(
    connection: Connection, ways: Beginnings, dates: Sequence[Dates], sites: Sequence[str] = ()
) -> bool:
    """Tell whether finding the records of these dates is cheaper than reading all. PostgreSQL knows that by itself."""
    if connection.dialect.name != "sqlite":
        return True
    rows = func.coalesce(func.max(_RECORD.row), 0)
    most = select(rows // _PART_MAX + 1).scalar_subquery()
    counts = [ways.counted(each, most, sites).scalar_subquery() for each in dates]
    few, *found = connection.execute(select(most, *counts)).one()
    return all(count < few for count in found)


def between(connection: Connection, first: int, last: int) -> list[ColumnElement[bool]]:
    """Give conditions by which the records that touch these dates are found, if that is cheaper than reading all (else none)."""
    ways = read_beginnings(connection)
    return ways.of(first, last) if worth_finding(connection, ways, [(first, last)]) else []


def _fill(connection: Connection) -> None:
    """Fill `record_site` with every site that has a record: one look at the index for each, however many records it has."""
    bulk.make_temporary(connection, "record_site", "site VARCHAR(20) PRIMARY KEY")
    connection.exec_driver_sql(
        "WITH RECURSIVE next(site) AS (SELECT min(site) FROM derived.record UNION ALL "
        "SELECT (SELECT min(site) FROM derived.record WHERE site > next.site) FROM next "
        "WHERE next.site IS NOT NULL) "
        "INSERT INTO record_site SELECT site FROM next WHERE site IS NOT NULL"
    )
