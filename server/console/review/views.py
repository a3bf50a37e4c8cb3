"""Views of the queue that somebody keeps under a name: the filters of an address."""

from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from sqlalchemy import Connection, delete, func, select
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server import bulk
from server.access.roles import Right
from server.console.here import account, services
from server.console.review.asked import read_asked
from server.console.review.doors import pages
from server.console.words import say as _
from server.limits import SAVED_VIEWS_MAX
from server.models.saved_view import SavedView
from sync.errors import Refused

_PAGE = "review"
_NAME_CHARS, _QUERY_CHARS = 40, 400


def read_views(connection: Connection, account_id: int, page: str) -> list[tuple[str, str]]:
    """Give the views that an account keeps of a page: name and filters, in order of names."""
    query = select(SavedView.name, SavedView.query).where(
        SavedView.account == account_id, SavedView.page == page
    )
    return sorted((name, kept) for name, kept in connection.execute(query))


@pages.page("/review/views", needs=Right.SEE, methods=["POST"])
def save_view() -> Response:
    """Keep the filters shown under a name; an older view of that name is replaced."""
    name = request.form.get("name", "").strip()[:_NAME_CHARS]
    filters = read_asked(request.form).with_()
    kept = urlencode(filters)
    if not name or len(kept) > _QUERY_CHARS:
        raise Refused(Code.BAD_FIELD, _("请给视图起个名字。"))
    me = account().id
    with services().database.write_facts() as connection:
        held = select(func.count()).where(SavedView.account == me, SavedView.name != name)
        if (connection.scalar(held) or 0) >= SAVED_VIEWS_MAX:
            raise Refused(Code.TOO_LARGE, _("视图太多，请先删掉几个。"))
        bulk.upsert(connection, SavedView, [(me, _PAGE, name, kept)])
    flash(_("已保存。"))
    return redirect(url_for("review.browse", **filters))


@pages.page("/review/views/forget", needs=Right.SEE, methods=["POST"])
def forget_view() -> Response:
    """Forget one of one's own views."""
    name = request.form.get("name", "")
    own = (SavedView.account == account().id, SavedView.page == _PAGE, SavedView.name == name)
    with services().database.write_facts() as connection:
        connection.execute(delete(SavedView).where(*own))
    flash(_("已删除。"))
    return redirect(url_for("review.browse"))
