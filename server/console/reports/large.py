"""Reports of more records than anybody waits for: the page says so at once, and they are made in the background."""

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.console.words import say as _
from server.limits import REPORT_NOW_RECORDS_MAX
from server.reports.query import Query, dates_of
from server.reports.reach import is_too_much
from server.reports.write import Form
from server.runs.asked import Report
from sync.errors import Refused


def too_much() -> dict[str, object]:
    """Give what the page needs to say so."""
    return {"too_much": f"{REPORT_NOW_RECORDS_MAX:,}"}


def require_little(connection: Connection, query: Query) -> None:
    """Raise `Refused(too_large)` for plots, or parts of pages, that would take too long."""
    if is_too_much(connection, query):
        words = _("超过 %(num)s 条记录，请缩短日期。", num=f"{REPORT_NOW_RECORDS_MAX:,}")
        raise Refused(Code.TOO_LARGE, words)


def as_run(query: Query, form: str) -> Report:
    """Give what a run is asked for. Raise `Refused(bad_field)` for a form that there is not."""
    if form not in set(Form):
        raise Refused(Code.BAD_FIELD, "form")
    span, before = query.span, query.before
    return Report(
        query.by.value,
        form,
        span.first,
        span.last,
        None if before is None else (before.first, before.last),
        query.only.named(),
        query.purpose,
    )


def about(query: Query) -> str:
    """Say in codes what a report is about."""
    return f"{query.by.value} {dates_of(query.span)}"
