"""Sheets for the field: one form each, answered by a PDF (or, where there are several files, a ZIP of them)."""

from flask import Response, render_template, request

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.dates import iso_date, local_day, read_date
from server.console.here import account, note, now_ms, part, reading, services
from server.console.pages import Pages
from server.limits import SERVER_ADDRESS_CHARS_MAX
from server.papers.handed import Handed
from server.services import Services
from server.sheets.duties import Wanted
from server.sheets.enrolment import EnrolmentWish
from server.sheets.hand_out import (
    enrolment_sheets,
    foot_of,
    insured_list,
    post_signs,
    sign_in_sheets,
)
from sync.errors import Refused

pages = Pages("sheets", __name__)


@pages.page("/sheets", needs=Right.FLEET)
def choose() -> str:
    """Show what can be printed."""
    return render_template("sheets/choose.html", today=iso_date(local_day(now_ms())))


@pages.page("/sheets/sign-in", needs=Right.UNMASK, methods=["POST"])
def sign_in() -> Response:
    """Print the sign-in sheets of a day: names in full, which is noted."""
    there, wanted, within = _asked(Right.UNMASK)
    made, sheets = sign_in_sheets(there, wanted, within)
    note("sheet", f"sign-in {wanted.about}", made.people)
    return _answer(sheets)


@pages.page("/sheets/insured", needs=Right.UNMASK, methods=["POST"])
def insured() -> Response:
    """Print who is insured on a day: names in full, which is noted."""
    there, wanted, within = _asked(Right.UNMASK)
    made, sheets = insured_list(there, wanted, within)
    note("sheet", f"insured {wanted.about}", made.people)
    return _answer(sheets)


@pages.page("/sheets/posts", needs=Right.FLEET, methods=["POST"])
def posts() -> Response:
    """Print signs for posts, with lines for the duty card."""
    _, signs = post_signs(*_asked(Right.FLEET), {})
    return _answer(signs)


@pages.page("/sheets/enrolment", needs=Right.FLEET, methods=["POST"])
def enrolment() -> Response:
    """Make enrolment codes, and print them."""
    there, wanted, within = _asked(Right.FLEET)
    sites = (wanted.site,) if wanted.site else ()
    per_page = 1 if request.form.get("per_page") == "1" else 4
    server = request.form.get("server", "")[:SERVER_ADDRESS_CHARS_MAX]
    server = server if server.isprintable() else ""
    wish = EnrolmentWish(
        sites, wanted.region, per_page, server, foot_of(there), within, account().username
    )
    _, sheets = enrolment_sheets(there, wish)
    return _answer(sheets)


def _asked(right: Right) -> tuple[Services, Wanted, Part]:
    """Give the services, the place and day of the form, and where whoever asks has this right."""
    form = request.form
    site, region = form.get("site", "")[:20], form.get("region", "")[:20]
    if not site and not region:
        raise Refused(Code.BAD_FIELD, "站点或区划 / site or region")
    try:
        day = read_date(form["day"]) if form.get("day") else local_day(now_ms())
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "day: 2026-11-02") from error
    with reading() as connection:
        within = part(connection, right)
    return services(), Wanted(day, site=site, region="" if site else region), within


def _answer(sheets: Handed) -> Response:
    answer = Response(sheets.content, mimetype=sheets.kind)
    answer.headers.set("Content-Disposition", "attachment", filename=sheets.name)
    return answer
