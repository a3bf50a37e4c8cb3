"""Deciding on one record, and taking a decision back. What somebody else did meanwhile is shown, never written over."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts.acting import Where, require_actor
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Reasons, decide
from server.books.decisions.draft import Wish, draft
from server.books.decisions.may_decide import FOUR_EYES, needs_two
from server.books.decisions.propose import Proposer, propose
from server.books.decisions.undo_decision import undo_decision
from server.books.review.look import Looked, outside
from server.console import form
from server.console.here import account, now_ms, or_404, part, reading, services
from server.console.review.asked import read_asked
from server.console.review.doors import pages
from server.console.review.one import Trouble, found_or_404, see, show
from server.console.review.wishing import read_wish
from server.console.words import say as _
from sync.errors import Refused

MEANWHILE = frozenset({Code.CHANGED_SINCE, Code.ALREADY_DECIDED})
"""Refusals that say: somebody was quicker, or something new came in."""
_CONFLICT, _UNPROCESSABLE = 409, 422


@pages.page("/review/<number>/<entry>/decide", needs=Right.DECIDE, methods=["POST"])
def decide_one(number: str, entry: str) -> Response | str | tuple[str, int]:
    """Decide on a record, or (`do=preview`) show what that would do. What is refused is told on the same page."""
    looked, actor = _looked(number, entry)
    try:
        wish = read_wish(number, looked)
        _require_inside(looked, wish)
        if request.form.get("do") == "preview":
            with reading() as connection:
                return show(see(connection, number, entry, wish))
        _carry_out(looked, actor, wish)
    except Refused as refused:
        return _told(number, entry, refused)
    return _onwards(looked)


@pages.page("/review/<number>/<entry>/undo", needs=Right.DECIDE, methods=["POST"])
def undo_one(number: str, entry: str) -> Response | tuple[str, int]:
    """Take back a decision on a record; what was decided before counts again."""
    looked, actor = _looked(number, entry)
    hash_ = request.form.get("decision", "")
    own = {looked.entry, *(bytes.fromhex(one.entry) for one in looked.entries)}
    or_404(any(d.hash.hex() == hash_ and d.record in own for d in looked.now.facts.decisions))
    there = services()
    try:
        undo_decision(there.database, there.central, actor, hash_, form.why())
    except Refused as refused:
        return _told(number, entry, refused)
    flash(_("已撤销，之前的结果重新有效。"))
    return redirect(url_for("review.one", number=number, entry=entry, **_kept()))


def _looked(number: str, entry: str) -> tuple[Looked, Actor]:
    """Look at a record, as what whoever asks decides on it; what they do not see is answered as if it were not there.

    Raise `Refused(no_right)` where they may look at most.
    """
    with reading() as connection:
        looked = found_or_404(connection, part(connection, Right.SEE), number, entry)
        where = Where(looked.site, looked.team, looked.region)
        return looked, require_actor(connection, account(), Right.DECIDE, where)


def _require_inside(looked: Looked, wish: Wish) -> None:
    with reading() as connection:
        or_404(not outside(looked.now, part(connection, Right.DECIDE), wish.others))


def _carry_out(looked: Looked, actor: Actor, wish: Wish) -> None:
    """Decide, or propose what takes two people."""
    there = services()
    reasons = Reasons(form.why(), "", request.form.get("seen", ""))
    if wish.settles in FOUR_EYES or needs_two(looked.now, draft(wish, looked.now)):
        proposer = Proposer(account().id, actor.number, now_ms())
        with there.database.write_facts() as connection:
            propose(connection, proposer, looked, wish, reasons)
        flash(_("已提出，等另一人确认后生效。"))
        return
    done = decide(there.database, there.central, actor, wish, reasons)
    flash(_("之前已经这样认定，没有改动。") if done.already else _("已认定。"))


def _onwards(looked: Looked) -> Response:
    """Go on to the next finding of the queue, or stay where there is none."""
    asked, at = read_asked(request.form), request.form.get("at", "")
    if at:
        return redirect(url_for("review.next_one", after=at, **asked.with_()))
    entry = looked.entry.hex()
    return redirect(url_for("review.one", number=looked.now.who, entry=entry, **asked.with_()))


def _told(number: str, entry: str, refused: Refused) -> tuple[str, int]:
    """Show the record as it is now, with what was refused and how it stood when it was looked at."""
    was = {key: request.form.get(f"was_{key}", "") for key in ("credited", "held", "refused")}
    trouble = Trouble(str(refused.code), refused.detail, was)
    status = _CONFLICT if refused.code in MEANWHILE else _UNPROCESSABLE
    with reading() as connection:
        return show(see(connection, number, entry, None), trouble, status), status


def _kept() -> dict[str, Any]:
    return read_asked(request.form).with_(
        at=request.form.get("at", ""), of=request.form.get("of", "")
    )
