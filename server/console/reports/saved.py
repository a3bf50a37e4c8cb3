"""Saved reports: one's own, what was made of them, and their files."""

import re

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import NUMBER_PATTERN, Code
from server.access.roles import Right
from server.books.dates import local_day
from server.console.here import account, now_ms, part, reading, services
from server.console.reports.asked import read_asked
from server.console.reports.browse import form_of, pages
from server.console.words import say as _
from server.jobs.reports import folder_of
from server.reports.hand_out import MEDIA_TYPES
from server.reports.own import find_made, find_own, read_own
from server.reports.query import dates_of
from server.reports.run_saved import DONE
from server.reports.saved import Saved, remove_report, save_report
from server.reports.stretch import Every
from server.reports.write import Form
from sync.errors import Refused


@pages.page("/reports/saved", needs=Right.REPORT)
def saved() -> str:
    """Show one's saved reports and what was made of them."""
    with reading() as connection:
        asked = read_asked({}, part(connection, Right.REPORT), local_day(now_ms()))
        own = read_own(connection, account().username)
    return render_template(
        "reports/saved.html",
        own=own,
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
    with reading() as connection:
        find_own(connection, account().username, name)
    remove_report(services().database, folder_of(services()), name)
    flash(_("已删除。"))
    return redirect(url_for("reports.saved"))


@pages.page("/reports/saved/<name>/<int:first>", needs=Right.REPORT)
def made(name: str, first: int) -> Response:
    """Give a file that was made of one's saved report."""
    folder = folder_of(services())
    with reading() as connection:
        file, run = find_made(connection, folder, account().username, name, first)
    kind = MEDIA_TYPES[Form(file.suffix[1:])]
    return send_file(file, kind, as_attachment=True, download_name=run.file)


def every_words(every: Every) -> str:
    """Say how long a stretch is."""
    return {Every.DAY: _("每日"), Every.WEEK: _("每周"), Every.MONTH: _("每月")}[every]
