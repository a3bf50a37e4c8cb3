"""Views of the queue that somebody keeps under a name: the filters of an address."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.accounts import views
from server.console.here import account, services
from server.console.review.asked import read_asked
from server.console.review.doors import pages
from server.console.words import say as _


@pages.page("/review/views", needs=Right.SEE, methods=["POST"])
def save_view() -> Response:
    """Keep the filters shown under a name; an older view of that name is replaced."""
    filters = read_asked(request.form).with_()
    with services().database.write_facts() as connection:
        views.keep_view(connection, account().id, request.form.get("name", ""), filters)
    flash(_("已保存。"))
    return redirect(url_for("review.browse", **filters))


@pages.page("/review/views/forget", needs=Right.SEE, methods=["POST"])
def forget_view() -> Response:
    """Forget one of one's own views."""
    with services().database.write_facts() as connection:
        views.forget_view(connection, account().id, request.form.get("name", ""))
    flash(_("已删除。"))
    return redirect(url_for("review.browse"))
