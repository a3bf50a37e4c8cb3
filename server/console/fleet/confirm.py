"""Confirming a pending log: a person says that it is no stranger's."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.console import here
from server.console.fleet.doors import pages
from server.console.words import say as _
from server.fleet.look import look
from server.intake.confirm import confirm as confirm_log


@pages.page("/fleet/logs/<log>/confirm", needs=Right.FLEET, methods=["POST"])
def confirm(log: str) -> Response:
    """Confirm a log where its predecessor belongs, or at another site of one's part. Doing it again changes nothing."""
    site = request.form.get("site", "").strip()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        here.or_404(look(connection, part, log, here.now_ms()))
        here.or_404(not site or part.has_site(site))
    there = here.services()
    done = confirm_log(there.database, there.central, log, site=site, by=here.account().username)
    flash(_("早已确认，没有改动。") if done.already else _("已确认：它的记录都算数了。"))
    return redirect(url_for("fleet.one", log=log))
