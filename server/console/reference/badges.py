"""Print badges from a page: of some people, or a team; lost ones are re-issued, which revokes the old."""

import io
import re

from flask import render_template, request, send_file
from werkzeug.wrappers import Response

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.badges.hand_out import badge_sheets, people_meant
from server.badges.job import Replace
from server.books.derive.queue import queue_people
from server.console import form, here
from server.console.reference.doors import pages
from server.console.runs.browse import begin
from server.console.words import say as _
from server.limits import BADGES_OF_A_PAGE_MAX
from server.runs.asked import Badges
from server.runs.badges import people_of
from sync.errors import Refused


@pages.page("/badges", needs=Right.BADGES)
def badges() -> str:
    """Show the form."""
    return render_template("reference/badges.html", most=BADGES_OF_A_PAGE_MAX)


@pages.page("/badges", needs=Right.BADGES, methods=["POST"])
def print_badges_of() -> Response:
    """Print badges as one PDF. Whoever is named must be within one's part; nothing is kept of the file."""
    why = form.why(is_needed=False)
    if bool(request.form.get("reissue")) != bool(why):
        raise Refused(Code.REASON_NEEDED, _("补发要写原因，只打印不写"))
    wanted = _large()
    if wanted is not None and not why:
        return begin(wanted, wanted.team or wanted.region)
    numbers = _numbers()
    here.note("reference.badges", " ".join(numbers), len(numbers))
    services = here.services()
    pen = services.central.record_revocation
    replace = Replace(why, pen, queue_people) if why else None
    sheets = badge_sheets(services, numbers, replace)[1]
    body = io.BytesIO(sheets.content)
    return send_file(body, sheets.kind, as_attachment=True, download_name=sheets.name)


def _large() -> Badges | None:
    """Give what is made in the background: a region, or a team of more people than a page prints badges for."""
    team = form.text("team", NUMBER_CHARS_MAX)
    region = form.text("region", NUMBER_CHARS_MAX)
    if not team and not region:
        return None
    asked = Badges(team) if team else Badges(region=region)
    with here.reading() as connection:
        found = people_of(connection, asked, here.part(connection, Right.BADGES))
    return asked if region or len(found) > BADGES_OF_A_PAGE_MAX else None


def _numbers() -> tuple[str, ...]:
    """Give who is meant, each once. Raise `Refused(not_found)` if any of them is not within the part."""
    typed = re.split(r"[\s,;，；]+", request.form.get("numbers", "").strip())
    team = request.form.get("team", "").strip()[:20]
    with here.reading() as connection:
        part = here.part(connection, Right.BADGES)
        numbers = [one for one in typed if one]
        return people_meant(connection, part, numbers=numbers, team=team)
