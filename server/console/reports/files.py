"""Reports as files: masked for whoever may report, with names for whoever may unmask and says what for."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import local_day
from server.console.here import account, now_ms, part, reading, services
from server.console.reports.asked import read_asked
from server.console.reports.browse import pages
from server.console.reports.large import about, as_run
from server.console.runs.browse import begin
from server.console.words import say as _
from server.reports.hand_out import MEDIA_TYPES, file_name, report_file
from server.reports.note import noting
from server.reports.query import Query
from server.reports.reach import is_too_much
from server.reports.write import Form
from sync.errors import Refused

_PURPOSE_CHARS = 200


@pages.page("/reports/file", needs=Right.REPORT)
def file() -> Response:
    """Give a report as a file; names in it are masked."""
    if "by" not in request.args:
        return redirect(url_for("reports.browse"))
    query = _query(request.args, Right.REPORT)
    if _is_too_much(query):
        flash(_("记录很多，请在后台制表。"))
        return redirect(f"{url_for('reports.browse')}?{urlencode(request.args)}")
    return _file(query, request.args.get("form", ""))


@pages.page("/reports/run", needs=Right.REPORT, methods=["POST"])
def run() -> Response:
    """Have a report made in the background, and lead to how far it is. With a purpose it shows names."""
    purpose = request.form.get("purpose", "").strip()[:_PURPOSE_CHARS]
    right = Right.UNMASK if purpose else Right.REPORT
    if not account().may(right):
        raise Refused(Code.NO_RIGHT, str(right))
    query = _query(request.form, right, purpose)
    return begin(as_run(query, request.form.get("form", "")), about(query))


@pages.page("/reports/names", needs=Right.UNMASK, methods=["POST"])
def names() -> Response:
    """Give a report with names in full. What they are needed for is kept in the audit first."""
    purpose = request.form.get("purpose", "").strip()[:_PURPOSE_CHARS]
    if not purpose:
        raise Refused(Code.BAD_FIELD, _("请写明用途。"))
    query = _query(request.form, Right.UNMASK, purpose)
    form = request.form.get("form", "")
    if _is_too_much(query):
        return begin(as_run(query, form), about(query))
    return _file(query, form)


def _query(given: Mapping[str, str], right: Right, purpose: str = "") -> Query:
    with reading() as connection:
        within = part(connection, right)
    asked = read_asked(given, within, local_day(now_ms()), purpose=purpose)
    if asked.query is None:
        raise Refused(Code.BAD_FIELD, "by")
    return asked.query


def _is_too_much(query: Query) -> bool:
    with reading() as connection:
        return is_too_much(connection, query)


def _file(query: Query, form: str) -> Response:
    if form not in set(Form):
        raise Refused(Code.BAD_FIELD, "form")
    now = now_ms()
    out = report_file(services().database, query, Form(form), noting(account().username, now), now)
    name = file_name(query, Form(form), now)
    return send_file(out, MEDIA_TYPES[Form(form)], as_attachment=True, download_name=name)
