"""A report: its rows, streamed in order, their total, and what has to be said of all figures beside them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from server.books.hours import Span
from server.database import Database
from server.limits import OUT_LISTED_MAX
from server.reports.figures import NOTHING, Figures, Key, Row, Sums, figures_of
from server.reports.lines import sums, sums_of_all
from server.reports.naming import Names
from server.reports.prepare import Prepared, prepare
from server.reports.query import Query
from server.reports.waiting import waiting

STREAM_ROWS = 2_000
"""Rows that are read, and named, at a time."""

_NO_SUMS = Sums._make([0, *[None] * (len(Sums._fields) - 1)])
Stream = Iterator[tuple[Key, Figures]]
"""Keys with their figures, in order."""


@dataclass(frozen=True, slots=True)
class Report:
    """rows can be read once, while the report is open. out: kiosks that the period waits for, at most `OUT_LISTED_MAX`."""

    query: Query
    total: Row
    out: tuple[str, ...]
    rows: Iterator[Row]


NoteReading = Callable[[Connection, Report], None]
"""Keeps in the audit, in the caller's transaction, whose data a report shows, and why. What it raises stands against reading."""


@contextmanager
def open_report(database: Database, query: Query, note_reading: NoteReading) -> Iterator[Report]:
    """Open a report of what is derived now, all of one moment. Names are read only once their reading is noted."""
    with database.read() as connection:
        report = read_report(connection, query)
        if query.purpose:
            with database.write_facts() as writing:
                note_reading(writing, report)
        yield report


def read_report(connection: Connection, query: Query) -> Report:
    """Give the report within the caller's view of the database."""
    ready = prepare(connection, query)
    out = waiting(connection, ready, query.span)
    now = out.applied_to(_total(connection, ready.query, query.span))
    before = None
    if query.before is not None:
        earlier = _total(connection, ready.query, query.before)
        before = waiting(connection, ready, query.before).applied_to(earlier)
    rows = rows_of(connection, ready)
    return Report(query, Row("", "", now, before), out.logs[:OUT_LISTED_MAX], rows)


def reliance_on(connection: Connection, ready: Prepared, days: Iterable[Sums]) -> Figures:
    """Give how far the whole of a query can be relied on, from the sums of its days, as its total would say: without minutes."""
    days = list(days)
    records = sum(day.records or 0 for day in days)
    least = _NO_SUMS._replace(
        records=records,
        complete=min((d.complete for d in days if d.complete is not None), default=None),
        closed=min((d.closed for d in days if d.closed is not None), default=None),
        frontier_ms=min((d.frontier_ms for d in days if d.frontier_ms is not None), default=None),
        unknown=sum(d.unknown or 0 for d in days),
    )
    whole = figures_of(least) if days else NOTHING
    return waiting(connection, ready, ready.query.span).applied_to(whole)


def sums_by(connection: Connection, ready: Prepared) -> Iterator[tuple[Key, Sums]]:
    """Give the sums of each row of a query, in order of its key."""
    query = ready.query
    asked = sums(connection, query, query.span).execution_options(yield_per=STREAM_ROWS)
    for key, *numbers in connection.execute(asked):
        yield key, Sums(*numbers)


def rows_of(connection: Connection, ready: Prepared) -> Iterator[Row]:
    """Give the rows of a query alone, with their names."""
    names = Names(connection, ready.query.by, masks=not ready.query.purpose)
    return names.given_to(_rows(connection, ready.query))


def _total(connection: Connection, query: Query, span: Span) -> Figures:
    row = connection.execute(sums_of_all(connection, query, span)).one_or_none()
    return NOTHING if row is None else figures_of(Sums(*row))


def _rows(connection: Connection, query: Query) -> Iterator[Row]:
    now = _figures(connection, query, query.span)
    if query.before is None:
        return (Row(key, "", figures) for key, figures in now)
    return side_by_side(now, _figures(connection, query, query.before))


def _figures(connection: Connection, query: Query, span: Span) -> Stream:
    asked = sums(connection, query, span).execution_options(yield_per=STREAM_ROWS)
    for key, *numbers in connection.execute(asked):
        yield key, figures_of(Sums(*numbers))


def side_by_side(now: Stream, before: Stream) -> Iterator[Row]:
    """Put two streams in order of code points together; who is missing in one has nothing there."""
    both = merge(_tagged(now, 0), _tagged(before, 1), key=itemgetter(0))
    for key, same in groupby(both, key=itemgetter(0)):
        figures = {tag: each for _, tag, each in same}
        yield Row(key, "", figures.get(0, NOTHING), figures.get(1, NOTHING))


def _tagged(stream: Stream, tag: int) -> Iterator[tuple[str, int, Figures]]:
    return ((str(key), tag, figures) for key, figures in stream)
