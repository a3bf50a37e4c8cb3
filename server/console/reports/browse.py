"""A report as a page: what was asked, its total with its state, and the first rows."""

from itertools import islice

from flask import render_template, request

from server.access.roles import Right
from server.books.dates import local_day
from server.books.rounding import HOURS_RULE, hours_of
from server.console import words
from server.console.here import now_ms, part, reading
from server.console.pages import Pages
from server.console.reports.asked import KINDS, Asked, read_asked
from server.console.reports.large import too_much
from server.console.reports.named import by_words, kind_words, state_words
from server.exports.sheet import Cell
from server.limits import REPORT_PAGE_ROWS
from server.reports.columns import Column, columns_of
from server.reports.query import By
from server.reports.reach import is_too_much
from server.reports.report import Report, read_report
from server.reports.write import filled

pages = Pages("reports", __name__)

_LEFT_OUT = frozenset({"minutes_presented", "minutes_low", "as_of"})
"""Columns that files have, and a page has no room for: the total says them."""


@pages.page("/reports", needs=Right.REPORT)
def browse() -> str:
    """Show what can be asked for and, once it is asked, the report."""
    with reading() as connection:
        asked = read_asked(request.args, part(connection, Right.REPORT), local_day(now_ms()))
        if asked.query is None:
            return render_template("reports/browse.html", **form_of(asked))
        if is_too_much(connection, asked.query):
            return render_template("reports/browse.html", **form_of(asked), **too_much())
        report = read_report(connection, asked.query)
        columns = [one for one in columns_of(asked.query) if one.name not in _LEFT_OUT]
        rows = [filled(columns, row) for row in islice(report.rows, REPORT_PAGE_ROWS + 1)]
    return render_template("reports/browse.html", **form_of(asked), **_shown(report, columns, rows))


def form_of(asked: Asked) -> dict[str, object]:
    """Give what the form of a page needs."""
    return {
        "asked": asked,
        "bys": [(by.value, by_words(by)) for by in By],
        "kinds": [(kind, kind_words(kind)) for kind in KINDS],
    }


def _shown(report: Report, columns: list[Column], rows: list[list[Cell]]) -> dict[str, object]:
    chinese = words.chosen() == words.CHINESE
    headings = [one.chinese if chinese else one.name.replace("_", " ") for one in columns]
    is_text = {0, 1, *(at for at, one in enumerate(columns) if one.name in _TEXTS)}
    return {
        "report": report,
        "headings": list(zip(headings, (one.meaning for one in columns), strict=True)),
        "rows": rows[:REPORT_PAGE_ROWS],
        "is_cut": len(rows) > REPORT_PAGE_ROWS,
        "page_rows": REPORT_PAGE_ROWS,
        "total": filled(columns, report.total),
        "texts": is_text,
        "states": {at for at, one in enumerate(columns) if one.name.startswith("state")},
        "state": state_words(report.total.now.state),
        "state_words": state_words,
        "hours": f"{hours_of(report.total.now.credited):,}",
        "hours_rule": HOURS_RULE[0 if chinese else 1],
    }


_TEXTS = frozenset({"grade", "state", "state_before"})
