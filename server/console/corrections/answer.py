"""Answering a request: agreed or partly with the decision that carries it out, or declined with a reason."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code, Outcome
from server.access.roles import Right
from server.accounts.acting import Where, require_actor
from server.books.decisions.correct import answer_correction
from server.books.decisions.list_corrections import read_correction
from server.console import form
from server.console.corrections.browse import pages, reader
from server.console.here import account, reading, services
from server.console.words import say as _
from server.people.within import home_of
from sync.errors import Refused


@pages.page("/corrections/<hash_>/answer", needs=Right.ANSWER, methods=["POST"])
def answer(hash_: str) -> Response:
    """Answer a request. The same answer again changes nothing."""
    with reading() as connection:
        found = read_correction(connection, reader(connection, Right.SEE), hash_)
        where = Where(found.site, *home_of(connection, found.volunteer))
        actor = require_actor(connection, account(), Right.ANSWER, where)
    why = form.why()
    there = services()
    answer_correction(
        there.database,
        there.central,
        actor,
        found.request,
        _outcome(),
        why,
        _decision(),
    )
    flash(_("已答复。"))
    return redirect(url_for("corrections.browse"))


def _outcome() -> Outcome:
    try:
        return Outcome(request.form.get("outcome", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "outcome") from error


def _decision() -> bytes:
    if request.form.get("outcome") == Outcome.DECLINED:
        return b""
    try:
        return bytes.fromhex(request.form.get("decision", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "decision") from error
