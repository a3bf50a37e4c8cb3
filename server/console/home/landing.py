"""What needs a person: findings by rule, with how many and how old."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.console.pages import Pages

pages = Pages("home", __name__)


@pages.page("/", needs=Right.SEE)
def landing() -> str:
    """Show what needs a person."""
    return render_template("home/landing.html")


@pages.page("/find", needs=Right.SEE)
def find() -> Response:
    """Search for people, from the head of every page."""
    return redirect(
        url_for("reference.browse_kind", kind="volunteers", q=request.args.get("q", ""))
    )
