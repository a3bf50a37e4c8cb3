"""Issuing a certificate to somebody: a form, and the PDF that comes back. What identity document it names is kept nowhere."""

from io import BytesIO
from pathlib import Path

from flask import render_template, request, send_file
from werkzeug.wrappers import Response

from schemas.limits import ISSUER_CHARS_MAX, NUMBER_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import read_date
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.certificates.issue import Desk, Wish
from server.certificates.paper import Signers
from server.certificates.print_certificates import Order
from server.certificates.print_one import print_one
from server.certificates.words import Language
from server.console import form
from server.console.certificates.browse import pages
from server.console.here import account, note, part, reading, services
from server.fonts.files import find_fonts
from server.limits import CERTIFICATE_LINE_CHARS_MAX
from sync.errors import Refused


@pages.page("/certificates/new", needs=Right.CERTIFY, methods=["GET", "POST"])
def new() -> str | Response:
    """Show the form, or issue and hand the PDF over."""
    if request.method == "GET":
        return render_template("certificates/new.html", who=request.args.get("who", "")[:20])
    number = text_given("who", NUMBER_CHARS_MAX)
    there = services()
    with reading() as connection:
        mine = part(connection, Right.CERTIFY)
    keys = there.signer.keys.badges
    desk = Desk(there.database, there.central, keys, account().actor(Right.CERTIFY), mine)
    made, paper = print_one(desk, _order(), number)
    note("certificate", made.volunteer, 1)
    answer = send_file(
        BytesIO(paper.content), paper.kind, as_attachment=True, download_name=paper.name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _order() -> Order:
    config = services().config
    language = request.form.get("language", "")
    if language not in set(Language):
        raise Refused(Code.BAD_FIELD, "language")
    signers = Signers(
        text_given("responsible", CERTIFICATE_LINE_CHARS_MAX),
        text_given("handler", CERTIFICATE_LINE_CHARS_MAX),
        text_given("contact", CERTIFICATE_LINE_CHARS_MAX),
        form.text("document", CERTIFICATE_LINE_CHARS_MAX),
    )
    why = form.why(is_needed=False)
    span = Span(date_given("first", FIRST_DAY), date_given("last", LAST_DAY))
    wish = Wish(text_given("issuer", ISSUER_CHARS_MAX), span, again=bool(why), why=why)
    fonts = find_fonts(config.fonts)
    return Order(wish, signers, Path(), fonts, Language(language), config.public_url)


def text_given(name: str, most: int) -> str:
    """Read a field that must be filled in. Raise `Refused(bad_field)`."""
    given = form.text(name, most)
    if not given or not given.isprintable():
        raise Refused(Code.BAD_FIELD, name)
    return given


def date_given(name: str, otherwise: int) -> int:
    """Read a date that may be left out. Raise `Refused(bad_field)`."""
    given = request.form.get(name, "")
    try:
        return read_date(given) if given else otherwise
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, name) from error
