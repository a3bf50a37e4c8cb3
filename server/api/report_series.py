"""What the plots of reports show, as plain rows: by date, by site, by hour of the week, and who is far above the usual."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.report_asked import SeriesAsked, query_of
from server.api.shapes import NAMES, page_shape
from server.reports.prepare import Prepared, prepare
from server.reports.query import By
from server.reports.reach import require_little
from server.reports.series.by_day import DayPoint, by_day
from server.reports.series.by_site import BySite, by_site
from server.reports.series.heat import Cell, heat
from server.reports.series.outliers import Outlier, outliers

calls = Calls("report_series", __name__, "What plots show, in minutes, people and records.")
NAMES.update({Cell: "HourOfWeek", BySite: "LargestSites"})
Found = TypeVar("Found")


@calls.reads(
    "/reports/series/days",
    needs=Right.REPORT,
    asks=SeriesAsked,
    gives=page_shape(DayPoint),
    problems=(413,),
)
def days(asked: dict[str, Any]) -> Page[DayPoint]:
    """Each date that has a record; too many of them are refused, so there is one page."""
    return Page(_read(asked, by_day), None)


@calls.reads(
    "/reports/series/sites", needs=Right.REPORT, asks=SeriesAsked, gives=BySite, problems=(413,)
)
def sites(asked: dict[str, Any]) -> BySite:
    """The sites with most credited minutes, and what the others come to together."""
    return _read(asked, by_site)


@calls.reads(
    "/reports/series/hours",
    needs=Right.REPORT,
    asks=SeriesAsked,
    gives=page_shape(Cell),
    problems=(413,),
)
def hours(asked: dict[str, Any]) -> Page[Cell]:
    """How many people are on duty on average in each of the 168 hours of a week."""
    return Page(_read(asked, heat), None)


@calls.reads(
    "/reports/series/outliers",
    needs=Right.REPORT,
    asks=SeriesAsked,
    gives=page_shape(Outlier),
    problems=(413,),
)
def far_above(asked: dict[str, Any]) -> Page[Outlier]:
    """People whose credited time at a site is far above the median there: somebody to look at, and no judgement."""
    return Page(_read(asked, outliers), None)


def _read(asked: dict[str, Any], series: Callable[[Connection, Prepared], Found]) -> Found:
    with here.reading() as connection:
        part = here.part(connection, Right.REPORT)
        query = query_of({**asked, "by": By.DAY}, part)
        require_little(connection, query)
        return series(connection, prepare(connection, query))
