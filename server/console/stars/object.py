"""Writing an objection down, and answering it."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code, Outcome
from server.access.part import Part
from server.access.roles import Right
from server.console import form
from server.console.here import account, part, reading, services
from server.console.stars.browse import pages
from server.console.words import say as _
from server.stars.object import answer_objection, object_to
from sync.errors import Refused


@pages.page("/stars/<entry>/object", needs=Right.ANSWER, methods=["POST"])
def object_(entry: str) -> Response:
    """Write down what somebody says against a person on a list."""
    words = form.said(_("请写下异议的原话。"))
    there, who = services(), request.form.get("number", "").strip()[:20]
    asked = (there.database, there.central, entry, who, words)
    done = object_to(*asked, by=account().number, part=_mine())
    flash(_("早已登记，没有改动。") if done.already else _("已登记。"))
    return redirect(url_for("stars.one", entry=entry))


@pages.page("/stars/objections/<objection>/answer", needs=Right.ANSWER, methods=["POST"])
def answer(objection: str) -> Response:
    """Answer an objection; agreeing takes the person off the list."""
    why = form.why()
    there = services()
    asked = (
        there.database,
        there.central,
        account().actor(Right.ANSWER),
        objection,
        _outcome(),
        why,
    )
    done = answer_objection(*asked, part=_mine())
    flash(_("早已答复，没有改动。") if done.already else _("已答复。"))
    return redirect(url_for("stars.one", entry=done.list))


def _mine() -> Part:
    with reading() as connection:
        return part(connection, Right.ANSWER)


def _outcome() -> Outcome:
    given = request.form.get("outcome", "")
    if given not in (Outcome.AGREED, Outcome.DECLINED):
        raise Refused(Code.BAD_FIELD, "outcome")
    return Outcome(given)
