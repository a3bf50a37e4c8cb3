"""A page of a report: some of its rows, behind a key, in order of keys. Nothing else of it is added up."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection

from server.books.hours import Span
from server.reports.figures import Key, Row, Sums, figures_of
from server.reports.lines import in_code_points, sums
from server.reports.naming import Names
from server.reports.prepare import prepare
from server.reports.query import Query
from server.reports.report import Stream, side_by_side


def read_page(connection: Connection, query: Query, after: Key | None, count: int) -> list[Row]:
    """Give so many rows of a report at most, those behind a key (None: from the first)."""
    asked = prepare(connection, query).query
    rows = islice(_rows(connection, asked, after, count), count)
    names = Names(connection, query.by, masks=not query.purpose)
    return list(names.given_to(rows))


def _rows(connection: Connection, asked: Query, after: Key | None, count: int) -> Iterator[Row]:
    """Give the first rows of each period behind a key; the first so many of both together are among them."""
    now = _figures(connection, asked, asked.span, after, count)
    if asked.before is None:
        return (Row(key, "", figures) for key, figures in now)
    return side_by_side(now, _figures(connection, asked, asked.before, after, count))


def _figures(
    connection: Connection, asked: Query, span: Span, after: Key | None, count: int
) -> Stream:
    lines = sums(connection, asked, span)
    if after is not None:
        key = lines.selected_columns[0]
        lines = lines.where(in_code_points(connection, key, asked.by) > after)
    for key, *numbers in connection.execute(lines.limit(count)).all():
        yield key, figures_of(Sums(*numbers))
