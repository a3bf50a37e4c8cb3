"""Reports: figures by anything that staff know, as rows page by page, as one total, or as a file; two periods side by side."""

from dataclasses import dataclass
from typing import Any

from flask import Response

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.files import CSV, JSON, XLSX, stream_out
from server.api.report_asked import (
    FileAsked,
    RowsAsked,
    TotalAsked,
    query_of,
    read_query,
    right_for,
)
from server.api.shapes import NAMES, page_shape
from server.books.rounding import hours_of
from server.reports.about import About, about
from server.reports.columns import key_of, percent
from server.reports.figures import Figures, Row
from server.reports.hand_out import MEDIA_TYPES, file_name, report_file
from server.reports.note import WHAT, asked_of, noting
from server.reports.page import read_page
from server.reports.query import By
from server.reports.reach import require_little
from server.reports.report import read_report
from server.reports.write import Form

calls = Calls(
    "reports", __name__, "Figures that say how far they can be relied on, and on what they rest."
)
NAMES.update({About: "ReportAbout"})


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """What some records come to. people, records: 人 and 人次. minutes_a … minutes_e: credited minutes by grade of evidence.

    grade: the weakest evidence of credited minutes. minutes_low, minutes_high: between which they will lie. state: `final`
    (closed), `complete`, or `provisional` (kiosks are still out). as_of: everything before it is in (null: unknown).
    """

    people: int
    records: int
    minutes_credited: int
    hours_credited: str
    minutes_held: int
    minutes_refused: int
    minutes_a: int
    minutes_b: int
    minutes_c: int
    minutes_d: int
    minutes_e: int
    grade: str
    minutes_low: int
    minutes_high: int
    state: str
    as_of: str | None


@dataclass(frozen=True, slots=True)
class ReportChange:
    """Now minus before; in per cent of before, to one decimal ("" where nothing was)."""

    people: int
    people_percent: str
    records: int
    records_percent: str
    minutes_credited: int
    minutes_credited_percent: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row. key: number, code, date or month. before, change: of the period that is compared with (null: none is).

    Names of people are masked without a purpose.
    """

    key: str
    name: str
    now: ReportFigures
    before: ReportFigures | None
    change: ReportChange | None


@dataclass(frozen=True, slots=True)
class ReportTotal:
    """A report without its rows. about: what it counts, of when, how complete it is, and where it comes from."""

    about: About
    total: ReportRow


@calls.reads(
    "/reports",
    needs=Right.REPORT,
    asks=RowsAsked,
    gives=page_shape(ReportRow),
    problems=(413,),
)
def browse(asked: dict[str, Any]) -> Page[ReportRow]:
    """Rows of a report, in order of their keys."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        query = query_of(asked, here.part(connection, right_for(asked)))
        require_little(connection, query)
        rows = read_page(connection, query, behind[0] if behind else None, limit + 1)
    if query.purpose:
        here.note(WHAT, asked_of(query), len(rows[:limit]), query.purpose)
    some = page(rows, limit, lambda row: (row.key,))
    return Page([_told(row, query.by) for row in some.items], some.next)


@calls.reads(
    "/reports/total", needs=Right.REPORT, asks=TotalAsked, gives=ReportTotal, problems=(413,)
)
def total(asked: dict[str, Any]) -> ReportTotal:
    """The total of a report, and what it says of itself: its figures are those of all rows together, people counted once."""
    with here.reading() as connection:
        query = query_of(asked, here.part(connection, Right.REPORT))
        require_little(connection, query)
        report = read_report(connection, query)
        return ReportTotal(about(report, here.now_ms()), _told(report.total, query.by))


@calls.reads(
    "/reports/file", needs=Right.REPORT, asks=FileAsked, gives=(CSV, XLSX, JSON), problems=(413,)
)
def file(asked: dict[str, Any]) -> Response:
    """A report as a file, all of one moment: the bytes that the console gives. Larger ones are runs, or saved reports."""
    query, form, now_ms = read_query(asked), Form(asked["form"]), here.now_ms()
    with here.reading() as connection:
        require_little(connection, query)
    note = noting(here.caller().account.username, now_ms, here.NOTED_AS + WHAT)
    out = report_file(here.services().database, query, form, note, now_ms)
    return stream_out(out, file_name(query, form, now_ms), MEDIA_TYPES[form])


def _told(row: Row, by: By) -> ReportRow:
    before = None if row.before is None else _figures(row.before)
    change = None if row.before is None else _change(row.now, row.before)
    return ReportRow(key_of(row, by), row.name, _figures(row.now), before, change)


def _figures(of: Figures) -> ReportFigures:
    return ReportFigures(
        of.people, of.records, of.credited, str(hours_of(of.credited)), of.held, of.refused,
        of.a, of.b, of.c, of.d, of.e, of.grade, of.low, of.high, of.state, of.as_of,
    )  # fmt: skip


def _change(now: Figures, before: Figures) -> ReportChange:
    pairs = (
        (now.people, before.people),
        (now.records, before.records),
        (now.credited, before.credited),
    )
    (people, a), (records, b), (minutes, c) = ((n - m, str(percent(n, m))) for n, m in pairs)
    return ReportChange(people, a, records, b, minutes, c)
