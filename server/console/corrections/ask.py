"""Writing a request down for a volunteer who comes by or calls."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.decisions.correct import Said, correct
from server.console import form
from server.console.corrections.browse import pages
from server.console.here import account, now_ms, part, reading, services
from server.console.words import say as _
from server.people.within import reaches
from sync.errors import Refused


@pages.page("/corrections/new", needs=Right.ANSWER, methods=["GET", "POST"])
def new() -> str | Response:
    """Write a request down."""
    if request.method == "GET":
        return render_template("corrections/new.html")
    said = Said(
        form.text("number", NUMBER_CHARS_MAX),
        form.text("site", NUMBER_CHARS_MAX),
        b"",
        form.moment("came") or 0,
        form.moment("left") or 0,
        now_ms(),
        form.said(_("请写下志愿者的原话。")),
    )
    _require_within(said)
    there = services()
    done = correct(there.database, there.central, said, by=account().number)
    flash(_("早已登记，没有改动。") if done.already else _("已登记。"))
    return redirect(url_for("corrections.one", hash_=done.request))


def _require_within(said: Said) -> None:
    """Refuse whoever lies outside one's part, like somebody who is not there."""
    with reading() as connection:
        within = part(connection, Right.ANSWER)
        if not reaches(connection, within, said.number, said.site):
            raise Refused(Code.NOT_FOUND, _("没有这位志愿者，或不在您的范围内。"))
