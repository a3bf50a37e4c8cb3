"""Print badges from a page: of some people, or a team; lost ones are re-issued, which revokes the old."""

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import render_template, request, send_file
from sqlalchemy import select
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.badges.job import Job, Replace
from server.badges.print_sheets import print_sheets
from server.badges.wanted import Wanted
from server.books.dates import local_day
from server.books.queue import queue_people
from server.console import form, here
from server.console.reference.doors import pages
from server.console.runs.browse import begin
from server.console.words import say as _
from server.fonts.files import find_fonts
from server.limits import BADGES_OF_A_PAGE_MAX
from server.models.now import VolunteerNow
from server.runs.asked import Badges
from server.runs.badges import people_of
from sync.errors import Refused

_PDF = "application/pdf"


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
    services, now_ms = here.services(), here.now_ms()
    pen = services.central.record_revocation
    job = Job(
        database=services.database,
        keys=services.signer.keys.badges,
        wanted=Wanted(numbers, "", local_day(now_ms)),
        now_ms=now_ms,
        progress=lambda _doing, _count: None,
        is_demo=services.central.clock.is_demo,
        replace=Replace(why, pen, queue_people) if why else None,
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "badges.pdf"
        print_sheets(job, file, find_fonts(services.config.fonts))
        body = io.BytesIO(file.read_bytes())
    return send_file(body, mimetype=_PDF, as_attachment=True, download_name="badges.pdf")


def _large() -> Badges | None:
    """Give what is made in the background: a region, or a team of more people than a page prints badges for."""
    team = request.form.get("team", "").strip()[:20]
    region = request.form.get("region", "").strip()[:20]
    if not team and not region:
        return None
    asked = Badges(team) if team else Badges(region=region)
    with here.reading() as connection:
        found = people_of(connection, asked, here.part(connection, Right.BADGES))
    return asked if region or len(found) > BADGES_OF_A_PAGE_MAX else None


def _numbers() -> tuple[str, ...]:
    """Give who is meant, each once. Raise `Refused(not_found)` if any of them is not within the part."""
    typed = re.split(r"[\s,;，；]+", request.form.get("numbers", "").strip())
    wanted = list(dict.fromkeys(one for one in typed if one))
    team = request.form.get("team", "").strip()[:20]
    person = VolunteerNow
    meant = person.team == team if team else person.number.in_(wanted[: BADGES_OF_A_PAGE_MAX + 1])
    with here.reading() as connection:
        part = here.part(connection, Right.BADGES)
        asked = select(person.number).where(meant, part.people_within(person.team, person.region))
        ordered = asked.order_by(person.number).limit(BADGES_OF_A_PAGE_MAX + 1)
        found = list(connection.scalars(ordered))
    if not found or (not team and len(found) != len(wanted)):
        raise Refused(Code.NOT_FOUND, _("有的编号不存在，或不在您的管辖范围内"))
    if len(found) > BADGES_OF_A_PAGE_MAX:
        raise Refused(Code.TOO_LARGE, _("一次最多 %(num)s 张", num=BADGES_OF_A_PAGE_MAX))
    return tuple(found)
