"""Sending a month to the official site, and taking receipts back."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.periods.months import iso_month
from server.console.here import now_ms, part, reading, services
from server.console.official.browse import month_asked, pages
from server.console.runs.browse import begin
from server.console.words import say as _
from server.exports.files import folder_of
from server.exports.official_rows import Body
from server.exports.send_official import Form, Order, Totals, send_official, units_of
from server.exports.take_receipts import take_content
from server.imports import cells
from server.imports.reasons import Reason
from server.limits import OFFICIAL_NOW_SITES_MAX
from server.runs.asked import Official
from server.workdays.calendar import require_calendar
from sync.errors import Refused


@pages.page("/official/send", needs=Right.OFFICIAL, methods=["POST"])
def send() -> Response:
    """Write the files of a month: what was not sent yet, and refused rows if so wished."""
    there, form = services(), request.form
    month = month_asked(form.get("month", ""))
    with reading() as connection:
        within = part(connection, Right.OFFICIAL)
    responsible = _line("responsible")
    if not responsible:
        raise Refused(Code.BAD_FIELD, "responsible")
    kind = Form.XLSX if form.get("form") == Form.XLSX else Form.CSV
    order = Order(
        folder_of(there.config.home),
        Body(_line("organiser"), responsible),
        month=month,
        again=bool(form.get("again")),
        form=kind,
        part=within,
    )
    if len(units_of(there.database, order)) > OFFICIAL_NOW_SITES_MAX:
        body = order.body
        asked = Official(
            month, body.responsible, body.organiser, again=order.again, form=kind.value
        )
        return begin(asked, iso_month(month))
    sent = send_official(there.database, require_calendar(there.config.home), order, now_ms())
    rows = sum(one.rows for one in sent)
    flash(_("写出 %(files)s 个文件，%(rows)s 行。", files=len(sent), rows=rows))
    return redirect(url_for("official.browse", month=iso_month(month)))


@pages.page("/official/receipts", needs=Right.OFFICIAL, methods=["POST"])
def receipts() -> str:
    """Take receipts in, and show what was taken and what could not be."""
    upload = request.files.get("file")
    if upload is None:
        raise Refused(Code.BAD_FIELD, "file")
    with reading() as connection:
        within = part(connection, Right.OFFICIAL)
    content = upload.stream.read()
    taken = take_content(services().database, content, _control(), within)
    return render_template("official/taken.html", taken=taken)


def _control() -> Totals | None:
    """Read the three totals that the official site names, if they are given."""
    given = [request.form.get(name, "").strip() for name in ("people", "records", "minutes")]
    if not any(given):
        return None
    try:
        return Totals(*(int(words) for words in given))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "people, records, minutes") from error


def _line(name: str) -> str:
    found = cells.text(request.form.get(name, ""))
    if isinstance(found, Reason):
        raise Refused(Code.BAD_FIELD, name)
    return str(found)
