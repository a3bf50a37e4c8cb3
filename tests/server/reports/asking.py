"""Reports, asked for as a test does it: whole, in a list."""

from typing import Any

from sqlalchemy import Connection

from server.books.hours import Span
from server.reports.figures import Row
from server.reports.query import By, Query
from server.reports.report import Report, open_report, read_report
from server.services import Services


def unseen(_connection: Connection, report: Report) -> None:
    """Stand in for the audit where nothing must be noted."""
    raise AssertionError(f"names were asked for: {report.query.purpose}")


def ask(services: Services, by: By, span: Span | None = None, **more: Any) -> tuple[list[Row], Row]:
    """Give the rows of a report, and its total."""
    query = Query(by, span or Span(), **more)
    with open_report(services.database, query, unseen) as report:
        return list(report.rows), report.total


def figures(services: Services, by: By, **more: Any) -> dict[Any, tuple[int, ...]]:
    """Give people, records, credited, held and refused minutes of each row."""
    rows, _ = ask(services, by, **more)
    return {row.key: tuple(row.now[:5]) for row in rows}


def read(connection: Connection, query: Query) -> tuple[list[Row], Row]:
    """Give the rows and the total within a view that is open already."""
    report = read_report(connection, query)
    return list(report.rows), report.total
