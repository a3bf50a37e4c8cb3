"""The list of readings."""

from flask import render_template, request

from server.access.list_readings import list_readings
from server.access.roles import Right
from server.console.here import or_404, part, reading, row_asked
from server.console.pages import Pages

pages = Pages("audit", __name__)
_NAME_CHARS = 40


@pages.page("/audit", needs=Right.AUDIT)
def browse() -> str:
    """Show who read what, the newest first."""
    by = request.args.get("by", "").strip().lower()[:_NAME_CHARS]
    after = row_asked("after")
    with reading() as connection:
        or_404(part(connection, Right.AUDIT).is_all)  # a reading is of no region
        page = list_readings(connection, by=by, after=after)
    return render_template("audit/browse.html", page=page, by=by, is_first=not after)
