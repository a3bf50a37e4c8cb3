"""Batches that were set aside: why, what each says of itself, and trying it again or letting it be."""

from re import fullmatch
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.console import here
from server.console.fleet.doors import pages
from server.console.words import say as _
from server.console.words import say_number
from server.fleet.aside import Opened, keep_aside, list_aside, open_aside, retry
from server.limits import ASIDE_SHOWN


@pages.page("/fleet/aside", needs=Right.FLEET)
def browse_aside() -> str:
    """List them: those that wait, or those that somebody let be."""
    is_seen = "seen" in request.args
    before = request.args.get("before", "")
    place = int(before) if fullmatch(r"[1-9]\d{0,15}", before) else 0
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        found = list_aside(connection, part, is_seen=is_seen, before=place, limit=ASIDE_SHOWN + 1)
    shown = found[:ASIDE_SHOWN]
    asked: dict[str, Any] = {"seen": 1} if is_seen else {}
    more = len(found) > len(shown)
    return render_template(
        "fleet/browse_aside.html",
        batches=shown,
        is_seen=is_seen,
        first=url_for("fleet.browse_aside", **asked) if place else "",
        after=url_for("fleet.browse_aside", before=shown[-1].id, **asked) if more else "",
    )


@pages.page("/fleet/aside/<int:number>", needs=Right.FLEET)
def one_aside(number: int) -> str:
    """Show one."""
    return render_template("fleet/one_aside.html", opened=_find(number))


@pages.page("/fleet/aside/<int:number>/retry", needs=Right.FLEET, methods=["POST"])
def retry_aside(number: int) -> Response:
    """Take it in as if it came now."""
    _find(number)
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
    done = retry(
        there.database,
        there.central,
        part,
        number,
        turn=there.turn,
        by=here.account().username,
    )
    if done.code:
        words = _("还是收不进来：%(code)s %(detail)s", code=done.code, detail=done.detail)
        flash(words, "error")
        return redirect(url_for("fleet.one_aside", number=number))
    flash(say_number("已收进来，新记录 %(num)s 条。", "", done.fresh))
    return redirect(url_for("fleet.browse_aside"))


@pages.page("/fleet/aside/<int:number>/keep", needs=Right.FLEET, methods=["POST"])
def let_be(number: int) -> Response:
    """Let it be, with a note."""
    _find(number)
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
    note = request.form.get("note", "")
    keep_aside(there.database, there.central, part, number, note=note, by=here.account().username)
    flash(_("已记下；原件仍然保存着。"))
    return redirect(url_for("fleet.browse_aside"))


def _find(number: int) -> Opened:
    with here.reading() as connection:
        found = open_aside(connection, here.part(connection, Right.FLEET), number)
    return here.or_404(found)
