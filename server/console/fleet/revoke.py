"""Revoking a log at a point: its device was lost. First the effect in numbers, then the deed."""

from re import fullmatch

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.console import form, here
from server.console.fleet.doors import pages
from server.console.words import say as _
from server.fleet.entries import list_entries
from server.fleet.look import Look, look
from server.intake.revoke_log import RevokedLog, Wish, preview, revoke_log
from server.limits import ENTRIES_SHOWN
from sync.errors import Refused

_AT = r"(0|[1-9]\d{0,15})\.([0-9a-f]{64})"


@pages.page("/fleet/logs/<log>/revoke", needs=Right.FLEET, methods=["GET", "POST"])
def revoke(log: str) -> str | Response:
    """Ask where the log is to stand up to, show what that holds, and do it."""
    found = _find(log)
    if request.method == "GET":
        return _form(found)
    wish = _wish(log)
    there = here.services()
    if "sure" not in request.form:
        return _form(found, preview(there.database, there.central, wish), wish)
    done = revoke_log(there.database, there.central, wish)
    flash(_("早已注销，没有改动。") if done.already else _("已注销。"))
    return redirect(url_for("fleet.one", log=log))


def _find(log: str) -> Look:
    with here.reading() as connection:
        found = look(connection, here.part(connection, Right.FLEET), log, here.now_ms())
    return here.or_404(found)


def _form(found: Look, effect: RevokedLog | None = None, wish: Wish | None = None) -> str:
    before = request.args.get("before", "")
    place = int(before) if fullmatch(r"[1-9]\d{0,15}", before) else 0
    with here.reading() as connection:
        entries = list_entries(connection, found.kiosk.number, before=place, limit=ENTRIES_SHOWN)
    return render_template(
        "fleet/revoke.html",
        look=found,
        kiosk=found.kiosk,
        entries=entries,
        older=entries[-1].seq if entries and entries[-1].seq > 1 else 0,
        effect=effect,
        wish=wish,
        form=request.form,
        is_first=not place,
    )


def _wish(log: str) -> Wish:
    reason = form.why()
    at = fullmatch(_AT, request.form.get("at", ""))
    return Wish(
        log,
        _lost(),
        reason,
        here.account().username,
        int(at[1]) if at else None,
        bytes.fromhex(at[2]) if at else None,
    )


def _lost() -> int:
    at_ms = form.moment("lost")
    if at_ms is None:
        raise Refused(Code.BAD_FIELD, _("请写明丢失的时间。"))
    if not 0 <= at_ms <= here.now_ms():
        raise Refused(Code.BAD_FIELD, _("丢失的时间不能在将来。"))
    return at_ms
