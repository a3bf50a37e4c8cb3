"""Saved reports: one's own, what was made of them, and their files."""

import re
from pathlib import Path

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import NUMBER_PATTERN, Code
from server.access.roles import Right
from server.books.dates import local_day
from server.console.here import account, now_ms, or_404, part, reading, services
from server.console.reports.asked import read_asked
from server.console.reports.browse import form_of, pages
from server.console.reports.files import TYPES
from server.console.words import say as _
from server.jobs.reports import folder_of
from server.reports.query import dates_of
from server.reports.run_saved import DONE
from server.reports.saved import Saved, read_runs, read_saved, remove_report, save_report
from server.reports.stretch import Every
from server.reports.write import Form
from sync.errors import Refused


@pages.page("/reports/saved", needs=Right.REPORT)
def saved() -> str:
    """Show one's saved reports and what was made of them."""
    with reading() as connection:
        asked = read_asked({}, part(connection, Right.REPORT), local_day(now_ms()))
        own = [one for one in read_saved(connection) if one.owner == account().username]
        runs = read_runs(connection, [one.name for one in own])
    return render_template(
        "reports/saved.html",
        own=[(one, [run for run in runs if run.name == one.name]) for one in own],
        dates_of=dates_of,
        everies=[(each.value, every_words(each)) for each in Every],
        every_words=every_words,
        done=DONE,
        **form_of(asked),
    )


@pages.page("/reports/saved/new", needs=Right.REPORT, methods=["POST"])
def save() -> Response:
    """Save a report, or change one of one's own."""
    form = request.form
    with reading() as connection:
        asked = read_asked(form, part(connection, Right.REPORT), local_day(now_ms()))
    name, query = form.get("name", "").strip(), asked.query
    if query is None or not re.match(NUMBER_PATTERN, name):
        raise Refused(Code.BAD_FIELD, _("名称只能用字母、数字和横线，最多 20 个。"))
    try:
        every, kind = Every(form.get("every", "")), Form(form.get("form", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "every, form") from error
    compares = form.get("compares") == "1"
    one = Saved(name, query.by, every, kind, query.only, compares, account().username)
    save_report(services().database, one, now_ms())
    flash(_("已保存。到期后自动制表。"))
    return redirect(url_for("reports.saved"))


@pages.page("/reports/saved/<name>/remove", needs=Right.REPORT, methods=["POST"])
def remove(name: str) -> Response:
    """Forget one of one's saved reports, with its files."""
    or_404(_is_own(name))
    remove_report(services().database, folder_of(services()), name)
    flash(_("已删除。"))
    return redirect(url_for("reports.saved"))


@pages.page("/reports/saved/<name>/<int:first>", needs=Right.REPORT)
def made(name: str, first: int) -> Response:
    """Give a file that was made of one's saved report."""
    or_404(_is_own(name))
    with reading() as connection:
        runs = [r for r in read_runs(connection, [name]) if r.span.first == first]
    or_404(runs and runs[0].state == DONE)
    file = folder_of(services()) / name / runs[0].file
    or_404(file.is_file())
    kind = TYPES[Form(Path(runs[0].file).suffix[1:])]
    return send_file(file, kind, as_attachment=True, download_name=runs[0].file)


def every_words(every: Every) -> str:
    """Say how long a stretch is."""
    return {Every.DAY: _("每日"), Every.WEEK: _("每周"), Every.MONTH: _("每月")}[every]


def _is_own(name: str) -> bool:
    with reading() as connection:
        return any(
            one.name == name and one.owner == account().username for one in read_saved(connection)
        )
