"""How far a report reaches: how its records are found, and how many there are, from an index alone."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server.books.derive.beginnings import Beginnings, Dates, look, ways_worth
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.limits import REPORT_NOW_RECORDS_MAX
from server.models.derived import RecordRow
from server.reports.query import Query
from sync.errors import Refused


def ways_for(connection: Connection, query: Query) -> Beginnings | None:
    """Give how the records of a query are found, for the caller's transaction; None where looking at all is cheaper."""
    spans = _spans(query)
    if query.only.volunteers or any(span == Span(FIRST_DAY, LAST_DAY) for span in spans):
        return None  # people are found by themselves, and all dates are all records
    return ways_worth(connection, _dates(spans), query.only.sites)


def count_read(connection: Connection, query: Query, most: int) -> int:
    """Give how many records a query has to read, at most so many, and at the cost of counting those in an index."""
    r = RecordRow
    if query.only.volunteers:
        theirs = select(r.in_ms).where(r.who.in_(query.only.volunteers)).limit(most).subquery()
        return connection.scalar(select(func.count()).select_from(theirs)) or 0
    counts = look(connection, _dates(_spans(query)), query.only.sites, most).counts
    return min(sum(counts), most)


def is_too_much(connection: Connection, query: Query) -> bool:
    """Tell whether a query reads more than is read while somebody waits."""
    most = REPORT_NOW_RECORDS_MAX + 1
    return count_read(connection, query, most) == most


def require_little(connection: Connection, query: Query) -> None:
    """Raise `Refused(too_large)` for a query that is to be asked for as a run."""
    if is_too_much(connection, query):
        words = f"超过 {REPORT_NOW_RECORDS_MAX} 条记录，请用后台任务 / more than {REPORT_NOW_RECORDS_MAX} records: ask for a run"
        raise Refused(Code.TOO_LARGE, words)


def _spans(query: Query) -> list[Span]:
    return [query.span] if query.before is None else [query.span, query.before]


def _dates(spans: Sequence[Span]) -> list[Dates]:
    return [(span.first, span.last) for span in spans]
