"""Certificates of a whole team: asked for on a form, made in the background."""

from flask import render_template, request
from werkzeug.wrappers import Response

from schemas.limits import ISSUER_CHARS_MAX, NUMBER_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.hours import FIRST_DAY, LAST_DAY
from server.certificates.issue import require_reviewer
from server.certificates.words import Language
from server.console import form
from server.console.certificates.browse import pages
from server.console.certificates.issue import date_given, text_given
from server.console.here import account, part, reading
from server.console.runs.browse import begin
from server.console.words import say as _
from server.limits import CERTIFICATE_LINE_CHARS_MAX
from server.runs.asked import Certificates
from server.runs.certificates import people_of_team
from sync.errors import Refused


@pages.page("/certificates/team", needs=Right.CERTIFY)
def team() -> str:
    """Show the form."""
    return render_template("certificates/team.html", team=request.args.get("team", "")[:20])


@pages.page("/certificates/team", needs=Right.CERTIFY, methods=["POST"])
def begin_team() -> Response:
    """Ask for them, and lead to how far they are."""
    require_reviewer(account().actor(Right.CERTIFY))
    code = text_given("team", NUMBER_CHARS_MAX)
    with reading() as connection:
        if not people_of_team(connection, code, part(connection, Right.CERTIFY)):
            raise Refused(Code.NOT_FOUND, _("没有这个队伍，或没有您管辖范围内的人。"))
    return begin(_asked(code), code)


def _asked(code: str) -> Certificates:
    language = request.form.get("language", "")
    if language not in set(Language):
        raise Refused(Code.BAD_FIELD, "language")
    why = form.why(is_needed=False)
    first, last = date_given("first", FIRST_DAY), date_given("last", LAST_DAY)
    if first > last or not why.isprintable():
        raise Refused(Code.BAD_FIELD, "first, last, why")
    return Certificates(
        issuer=text_given("issuer", ISSUER_CHARS_MAX),
        responsible=text_given("responsible", CERTIFICATE_LINE_CHARS_MAX),
        handler=text_given("handler", CERTIFICATE_LINE_CHARS_MAX),
        contact=text_given("contact", CERTIFICATE_LINE_CHARS_MAX),
        team=code,
        first=first,
        last=last,
        language=language,
        again=bool(why),
        why=why,
        bundled=request.form.get("bundled") == "1",
    )
