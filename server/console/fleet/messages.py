"""Messages to the leads at sites: short, shown on the screens of their kiosks until they end or are taken back."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.limits import MESSAGE_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import local_day
from server.console import here
from server.console.fleet.doors import pages
from server.console.now.board import read_regions
from server.console.words import say as _
from server.console.words import say_number
from server.fleet.tell import find, sites_told, take_back, tell
from server.intake.messages import lasting
from server.limits import MESSAGE_DAYS_MAX, MESSAGES_SHOWN
from server.now.ground import Wanted
from server.people.titles import titles
from sync.errors import Refused

_DAY_MS = 86_400_000


@pages.page("/fleet/messages", needs=Right.FLEET, methods=["GET", "POST"])
def messages() -> str | Response:
    """List the messages that hold, and write one."""
    if request.method == "POST":
        return _send()
    now = here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        held = lasting(connection, now, None if part.is_all else part.sites)
        names = titles(connection, "site")
        regions = read_regions(connection, part)
    return render_template(
        "fleet/messages.html",
        messages=held[:MESSAGES_SHOWN],
        count=len(held),
        names=names,
        regions=regions,
        site=request.args.get("site", "")[:20],
        days=MESSAGE_DAYS_MAX,
        most=MESSAGE_CHARS_MAX,
    )


@pages.page("/fleet/messages/<key>/end", needs=Right.FLEET, methods=["POST"])
def untell(key: str) -> Response:
    """Take a message back."""
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        here.or_404(find(connection, part, key, here.now_ms()))
    take_back(there.database, there.central, part, key, by=here.account().username)
    flash(_("已收回；签到机下次联系时就不再显示。"))
    return redirect(url_for("fleet.messages"))


def _send() -> Response:
    now = here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        site, region = request.form.get("site", "").strip(), request.form.get("region", "")
        wanted = Wanted(region=region) if region else Wanted(sites=[site])
        sites = sites_told(connection, part, local_day(now), wanted)
    there = here.services()
    written = tell(
        there.database,
        there.central,
        part,
        sites,
        request.form.get("text", ""),
        until_ms=now + _days() * _DAY_MS,
        by=here.account().username,
    )
    flash(say_number("已发给 %(num)s 个站点，签到机下次联系时显示。", "", written))
    return redirect(url_for("fleet.messages"))


def _days() -> int:
    text = request.form.get("days", "")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MESSAGE_DAYS_MAX):
        raise Refused(Code.BAD_FIELD, _("有效期 1 到 %(days)s 天。", days=MESSAGE_DAYS_MAX))
    return int(text)
