"""Issuing a bulletin from the console: at once if it is of a bounded number of records; larger ones in the background."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import read_date
from server.books.hours import Span
from server.bulletins.bounded import bounded
from server.bulletins.issue import Wish, issue
from server.bulletins.sections import read_scope
from server.console.bulletins.browse import pages
from server.console.here import account, now_ms, part, reading, services
from server.console.runs.browse import begin
from server.console.words import say as _
from server.fonts.files import find_fonts
from server.imports import cells
from server.imports.reasons import Reason
from server.limits import CONSOLE_BULLETIN_ROWS_MAX
from server.papers.press import Type
from server.reports.query import By, Query
from server.reports.reach import count_read
from server.runs.asked import Bulletin
from sync.errors import Refused


@pages.page("/bulletins/issue", needs=Right.PUBLISH, methods=["POST"])
def issue_now() -> Response:
    """Issue a bulletin, and show it."""
    there, form = services(), request.form
    with reading() as connection:
        within = part(connection, Right.PUBLISH)
    wish = Wish(
        form.get("region", "")[:20],
        Span(_date("first"), _date("last")),
        title=_line("title"),
        body=_line("body"),
        by=account().number,
        anew=bool(form.get("anew")),
        is_demo=there.central.clock.is_demo,
        part=within,
    )
    if _is_large(wish):
        span = wish.span
        asked = Bulletin(wish.region, span.first, span.last, wish.title, wish.body, wish.anew)
        return begin(asked, wish.region)
    type_ = Type(find_fonts(there.config.fonts))
    done = issue(there.database, type_, wish, now_ms(), bounded)
    flash(_("此前已发，没有改动。") if done.already else _("已编发。"))
    return redirect(url_for("bulletins.one", number=done.number))


def _is_large(wish: Wish) -> bool:
    """Tell whether its dates have more records than somebody waits for, wherever: from an index alone.

    Raise `Refused`: `not_found` for a region that is not within, `bad_field` for dates that end before they begin.
    """
    most = CONSOLE_BULLETIN_ROWS_MAX + 1
    with reading() as connection:
        read_scope(connection, wish.region, wish.span.last, wish.part)
        return count_read(connection, Query(By.SITE, wish.span), most) == most


def _date(name: str) -> int:
    try:
        return read_date(request.form.get(name, ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, f"{name}: 2026-11-02") from error


def _line(name: str) -> str:
    found = cells.text(request.form.get(name, ""))
    if isinstance(found, Reason):
        raise Refused(Code.BAD_FIELD, name)
    return str(found)
