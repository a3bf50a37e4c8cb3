"""Putting a list up, its effect shown first, and concluding it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.dates import local_day, read_date
from server.books.derive.drain import drain
from server.console.here import account, now_ms, part, reading, services
from server.console.stars.browse import pages
from server.console.words import say as _
from server.imports import cells
from server.imports.reasons import Reason
from server.limits import STAR_LIST_DAYS_MAX
from server.people.mask import masked
from server.stars.figures import STARS_MAX
from server.stars.levels import Wish
from server.stars.preview import preview
from server.stars.publish import conclude as conclude_list
from server.stars.publish import publish as publish_list
from sync.errors import Refused


@pages.page("/stars/new", needs=Right.PUBLISH)
def new() -> str:
    """Show the form and, once it is filled in, what list it gives."""
    if "title" not in request.args:
        return render_template("stars/new.html", asked={}, seen=None, names={})
    title, days, today = _title(), _number("days", 0, STAR_LIST_DAYS_MAX), local_day(now_ms())
    with reading() as connection:
        seen = preview(connection, _wish(part(connection, Right.PUBLISH), today), today, days)
    asked = {**request.args.to_dict(), "title": title}
    names = {one.who: masked(one.name) for one in seen.first}
    return render_template("stars/new.html", asked=asked, seen=seen, names=names)


@pages.page("/stars/publish", needs=Right.PUBLISH, methods=["POST"])
def publish() -> Response:
    """Put up the list that was shown; another one by now is refused."""
    there, seen = services(), request.form.get("seen", "")
    if not seen:
        raise Refused(Code.CHANGED_SINCE, _("请先预览名单。"))
    drain(there.database, there.signer.keys.identity_public)
    with reading() as connection:
        wish = _wish(part(connection, Right.PUBLISH), local_day(now_ms()))
    days = _number("days", 0, STAR_LIST_DAYS_MAX)
    where = (there.database, there.central, account().actor(Right.PUBLISH))
    done = publish_list(*where, _title(), wish, days=days, seen=seen)
    flash(_("早已公示，没有改动。") if done.already else _("已公示。"))
    return redirect(url_for("stars.one", entry=done.entry))


@pages.page("/stars/<entry>/conclude", needs=Right.PUBLISH, methods=["POST"])
def conclude(entry: str) -> Response:
    """Conclude a list that was up long enough."""
    there = services()
    drain(there.database, there.signer.keys.identity_public)
    with reading() as connection:
        mine = part(connection, Right.PUBLISH)
    where = (there.database, there.central, account().actor(Right.PUBLISH))
    done = conclude_list(*where, entry, part=mine)
    flash(_("早已确定，没有改动。") if done.already else _("已确定。"))
    return redirect(url_for("stars.one", entry=done.entry))


def _wish(mine: Part, today: int) -> Wish:
    """Read whose stars: from the form, or from the address of what is shown first."""
    given = request.values.get("day", "")
    try:
        day = read_date(given) if given else today
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "day: 2026-11-02") from error
    return Wish(day, mine, _number("least", 1, STARS_MAX), request.values.get("team", "")[:20])


def _title() -> str:
    title = cells.text(request.values.get("title", ""))
    if isinstance(title, Reason) or not title:
        raise Refused(Code.BAD_FIELD, "title")
    return str(title)


def _number(name: str, least: int, most: int) -> int:
    given = request.values.get(name, "") or str(least)
    if not (given.isascii() and given.isdigit() and least <= int(given[:6]) <= most):
        raise Refused(Code.BAD_FIELD, f"{name}: {least}–{most}")
    return int(given)
