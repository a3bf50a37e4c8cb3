"""What a report's queries join with, as temporary tables of its connection: site-days, months, categories of people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import ColumnElement, Connection, select, text

from server import bulk
from server.access.tree import tree
from server.books.dates import local_day
from server.books.derive.beginnings import Beginnings
from server.books.derive.gather_site_days import gather_site_days
from server.books.derive.site_days import Reaches, SiteDay, read_reaches
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.closed_months import Closed, read_closed
from server.books.periods.months import month_of
from server.models.derived import PostingPart, RecordRow
from server.models.volunteer import Volunteer
from server.reports.query import By, Query
from server.reports.reach import ways_for

_ROWS = 5_000
"""Rows that are written at a time."""

_LONG_AGO_MS = 2**52
"""Behind all times that kiosks tell: what is farther stands for always."""
_BETWEEN_DAYS = 31
"""Dates between two periods that are looked at with them."""

SiteDays = dict[tuple[str, int], SiteDay]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query whose tables are there, for the transaction that made them. query: with its regions spread out.

    days: every site-day with a record of the span; where people or sites are named, with one of theirs. Then told says which
    dates there are at all (None: `days` do). reaches, closed: of every site.
    """

    query: Query
    days: SiteDays
    reaches: Reaches
    closed: Closed
    told: Span | None = None

    def by(self, by: By) -> "Prepared":
        """Give the same lines in other rows, not compared. Months and categories need tables that may not be there."""
        return replace(self, query=replace(self.query, by=by, before=None, purpose=""))


def prepare(connection: Connection, query: Query) -> Prepared:
    """Make the tables that both periods of a query need."""
    span = _both(query)
    reaches, closed = read_reaches(connection), read_closed(connection)
    query = replace(query, ways=ways_for(connection, query))
    days = gather_site_days(
        connection,
        span.first,
        span.last,
        reaches=reaches,
        closed=closed,
        ways=_both_ways(query),
        only=_found_by(query),
    )
    told = _told(reaches) if _found_by(query) else None
    if query.by is By.MONTH:
        _gather_months(connection, span, {day for _, day in days})
    if query.by is By.CATEGORY or query.only.categories:
        _gather_categories(connection)
    if not query.only.regions:
        return Prepared(query, days, reaches, closed, told)
    regions = tuple(sorted(tree(connection).below(query.only.regions)))
    spread = replace(query, only=replace(query.only, regions=regions))
    return Prepared(spread, days, reaches, closed, told)


def _found_by(query: Query) -> list[ColumnElement[bool]]:
    """Give the conditions by which an index finds the records of a query: of a few people, or at a few sites."""
    r, only = RecordRow, query.only
    if only.volunteers:
        return [r.who.in_(only.volunteers)]
    return [r.site.in_(only.sites)] if only.sites else []


def _told(reaches: Reaches) -> Span:
    """Give the dates from the first that any kiosk belonged to a site to the last that any has told of whole."""
    all_of = [reach for own in reaches.values() for reach in own]
    since = [reach.from_ms for reach in all_of if abs(reach.from_ms) < _LONG_AGO_MS]
    until = [r.until_ms for r in all_of if r.until_ms is not None and r.until_ms < _LONG_AGO_MS]
    if not since or not until:
        return Span(0, -1)
    return Span(local_day(min(since)), local_day(max(until)) - 1)


def _both(query: Query) -> Span:
    if query.before is None:
        return query.span
    both = (query.span, query.before)
    return Span(min(each.first for each in both), max(each.last for each in both))


def _both_ways(query: Query) -> Beginnings | None:
    """Give how the records of both periods together are found; where they are far apart all are looked at."""
    if query.before is None:
        return query.ways
    whole, own = _both(query), (query.span, query.before)
    between = whole.last - whole.first + 1 - sum(one.last - one.first + 1 for one in own)
    return query.ways if between <= _BETWEEN_DAYS else None


def _gather_months(connection: Connection, span: Span, days: set[int]) -> None:
    """Fill `day_month` with every local date that a line may be of."""
    parts = select(PostingPart.day).where(PostingPart.day.between(span.first, span.last))
    all_days = {*days, *connection.scalars(parts.distinct()), span.first}
    _fill(connection, "day_month", _MONTH, ({"day": d, "month": month_of(d)} for d in all_days))


def _gather_categories(connection: Connection) -> None:
    """Fill `person_category` with who was of which category from when until when."""
    _fill(connection, "person_category", _CATEGORY, _categories(connection))


def _categories(connection: Connection) -> Iterator[dict[str, object]]:
    """Give a row for each category of each version of each volunteer that has any. last: the first day of the next version."""
    v = Volunteer
    asked = select(v.number, v.valid_from, v.categories).order_by(v.number, v.valid_from, v.entered)
    before: tuple[str, int, str] | None = None
    for number, since, categories in connection.execute(asked.execution_options(yield_per=_ROWS)):
        if before is not None:
            yield from _of_version(before, since if before[0] == number else LAST_DAY)
        is_first = before is None or before[0] != number
        before = (number, FIRST_DAY if is_first else since, categories)
    if before is not None:
        yield from _of_version(before, LAST_DAY)


def _of_version(version: tuple[str, int, str], last: int) -> Iterator[dict[str, object]]:
    number, first, categories = version
    if first < last:  # of several versions of one day the last entered counts
        for category in sorted({each for each in categories.split(";") if each}):
            yield {"number": number, "category": category, "first": first, "last": last}


def _fill(
    connection: Connection, name: str, columns: str, rows: Iterable[dict[str, object]]
) -> None:
    """Make a temporary table of the transaction, and fill it."""
    bulk.make_temporary(connection, name, columns)
    marks = ", ".join(f":{each.split()[0]}" for each in columns.split(", ") if "KEY" not in each)
    add = text(f"INSERT INTO {name} VALUES ({marks})")  # noqa: S608 # our own names
    rest = iter(rows)
    while some := list(islice(rest, _ROWS)):
        connection.execute(add, some)


_MONTH = "day INTEGER, month INTEGER, CONSTRAINT one_month PRIMARY KEY (day)"
_CATEGORY = "number VARCHAR(20), category TEXT, first INTEGER, last INTEGER"
