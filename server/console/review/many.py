"""Deciding on many records: begin, watch it being worked out, decide, watch again, and take it all back with one button."""

from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response

from schemas.vocabulary import Action, Code
from server.access.roles import Right
from server.accounts.acting import actor_of
from server.books.decisions.sweep import (
    STEPPING,
    TURNS,
    Beginning,
    Phase,
    begin_sweep,
    find_sweep,
    gather,
    left_out,
    list_sweeps,
    turn,
)
from server.books.decisions.sweep_steps import step
from server.books.review.sought import Place, read_place
from server.console import form
from server.console.here import account, note, now_ms, or_404, part, reading, services
from server.console.review.asked import read_asked, sought
from server.console.review.doors import pages
from server.console.words import say as _
from server.limits import FINDINGS_A_PAGE
from server.models.sweep import SweepRow
from sync.errors import Refused


@pages.page("/review/many", needs=Right.DECIDE)
def many() -> str:
    """List one's own sweeps."""
    with reading() as connection:
        sweeps = list_sweeps(connection, account().id)
    return render_template("review/many.html", sweeps=sweeps)


@pages.page("/review/many", needs=Right.DECIDE, methods=["POST"])
def begin() -> Response:
    """Begin a sweep of the rows chosen, or of all that the filters match. Nothing is decided yet."""
    asked, me = read_asked(request.form), account()
    me.require_number()
    with reading() as connection:
        wanted = sought(connection, asked)
        begun = Beginning(
            me.id, me.number, now_ms(), _action(), urlencode(asked.with_()), wanted, _places()
        )
        found = gather(connection, part(connection, Right.DECIDE), begun)
    with services().database.write_facts() as connection:
        mark = begin_sweep(connection, begun, found)
    return redirect(url_for("review.one_many", mark=mark.hex()))


@pages.page("/review/many/<mark>", needs=Right.DECIDE)
def one_many(mark: str) -> str:
    """Show a sweep: how far it is, its effect in numbers, and what is left out and why."""
    return _show(mark, "review/one_many.html")


@pages.page("/review/many/<mark>/step", needs=Right.DECIDE, methods=["POST"])
def step_many(mark: str) -> str | Response:
    """Work off the next records; the page asks for this by itself until a person is needed."""
    there = services()
    with reading() as connection:
        found = _found(connection, mark)
    step(there.database, there.central, found, actor_of(account()))
    if request.headers.get("HX-Request"):
        return _show(mark, "review/many_part.html")
    return redirect(url_for("review.one_many", mark=mark))


@pages.page("/review/many/<mark>/<act>", needs=Right.DECIDE, methods=["POST"])
def turn_many(mark: str, act: str) -> Response:
    """Decide as shown, or take all of it back. Sent twice it does nothing twice."""
    or_404(act in TURNS)
    with reading() as connection:
        found = _found(connection, mark)
    why = form.why()
    with services().database.write_facts() as connection:
        turned = turn(connection, bytes(found.mark), *TURNS[act], why)
    if not turned:
        flash(_("没有改动：这一步已经做过。"))
    return redirect(url_for("review.one_many", mark=mark))


def _show(mark: str, template: str) -> str:
    with reading() as connection:
        found = _found(connection, mark)
        counts, named = left_out(connection, bytes(found.mark))
    if named:
        note("review many", mark, len({one.who for one in named}))
    return render_template(
        template, one=found, phase=Phase(found.phase), stepping=STEPPING, counts=counts, named=named
    )


def _found(connection: Connection, mark: str) -> Row[SweepRow]:
    return or_404(find_sweep(connection, part(connection, Right.DECIDE), mark))


def _action() -> Action:
    try:
        return Action(request.form.get("action", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "action") from error


def _places() -> list[Place] | None:
    """Give the rows that were chosen; None for all that match."""
    if request.form.get("all"):
        return None
    picked = request.form.getlist("pick")[:FINDINGS_A_PAGE]
    return [place for text in picked if (place := read_place(text)) is not None]
