"""A page of a report: some of its rows, behind a key, in order of keys. Nothing else of it is added up."""

from sqlalchemy import Connection

from server.reports.figures import Key, Row, Sums, figures_of
from server.reports.lines import in_code_points, sums
from server.reports.naming import Names
from server.reports.prepare import prepare
from server.reports.query import Query


def read_page(connection: Connection, query: Query, after: Key | None, count: int) -> list[Row]:
    """Give so many rows of a report at most, those behind a key (None: from the first). A period before is not compared."""
    asked = prepare(connection, query).query
    lines = sums(connection, asked, asked.span)
    key = lines.selected_columns[0]
    if after is not None:
        lines = lines.where(in_code_points(connection, key, query.by) > after)
    rows = [
        Row(key, "", figures_of(Sums(*numbers)))
        for key, *numbers in connection.execute(lines.limit(count))
    ]
    names = Names(connection, query.by, masks=not query.purpose)
    return list(names.given_to(iter(rows)))
