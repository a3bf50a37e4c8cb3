"""Proposals: what one person would decide and another confirms (E2)."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.accounts.acting import Where, require_actor
from server.books.decisions.propose import (
    WITHDRAWN,
    confirm_proposal,
    end_proposal,
    find_proposal,
    read_proposals,
)
from server.books.review.look import look
from server.console.here import account, now_ms, or_404, part, reading, services
from server.console.review.doors import pages
from server.console.words import say as _


@pages.page("/review/proposals", needs=Right.SEE)
def proposals() -> str:
    """List what waits for a second person."""
    with reading() as connection:
        waiting = read_proposals(connection, part(connection, Right.SEE))
    return render_template("review/proposals.html", waiting=waiting)


@pages.page("/review/proposals/<int:number>/confirm", needs=Right.DECIDE, methods=["POST"])
def confirm(number: int) -> Response:
    """Make a proposal of somebody else's a decision."""
    there = services()
    with reading() as connection:
        mine = part(connection, Right.DECIDE)
        proposed = or_404(find_proposal(connection, mine, number))
        looked = or_404(look(connection, mine, proposed.wish.number, proposed.wish.record))
        where = Where(looked.site, looked.team, looked.region)
        actor = require_actor(connection, account(), Right.DECIDE, where)
    confirm_proposal(there.database, there.central, actor, proposed, now_ms())
    flash(_("已确认并认定。"))
    return redirect(url_for("review.proposals"))


@pages.page("/review/proposals/<int:number>/withdraw", needs=Right.DECIDE, methods=["POST"])
def withdraw(number: int) -> Response:
    """Say that a proposal, one's own or another's, is not to become a decision."""
    with reading() as connection:
        proposed = or_404(find_proposal(connection, part(connection, Right.DECIDE), number))
    with services().database.write_facts() as connection:
        end_proposal(connection, proposed.id, WITHDRAWN, account().number, now_ms())
    flash(_("已撤回。"))
    return redirect(url_for("review.proposals"))
