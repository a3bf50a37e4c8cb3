"""Closing: looked at in figures first, then done with a reason where something is missing."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.accounts.acting import Where, require_actor
from server.books.decisions.actor import Actor
from server.books.periods.close_period import ClosedNow, close_period
from server.books.periods.months import iso_month
from server.books.periods.read_period import Period
from server.console import form
from server.console.here import account, reading, services
from server.console.periods.browse import find, pages
from server.console.words import say as _


@pages.page("/periods/<site>/<month>/close", needs=Right.CLOSE, methods=["GET", "POST"])
def close(site: str, month: str) -> str | Response:
    """Show what a close would freeze, or close."""
    with reading() as connection:
        period = find(connection, site, month, Right.SEE)
        actor = require_actor(connection, account(), Right.CLOSE, Where(period.site))
    if request.method == "GET":
        would = _close(actor, period, "", is_dry=True)
        return render_template("periods/close.html", period=period, would=would)
    done = _close(actor, period, form.why(is_needed=False), is_dry=False)
    flash(_("早已结账，没有改动。") if done.already else _("已结账。"))
    return redirect(url_for("periods.one", site=site, month=iso_month(period.month)))


def _close(actor: Actor, period: Period, why: str, *, is_dry: bool) -> ClosedNow:
    there = services()
    return close_period(
        there.database, there.central, actor, period.site, period.month, why=why, is_dry=is_dry
    )
