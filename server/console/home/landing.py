"""What needs a person: findings by rule, with how many and how old, and everything else that waits for somebody."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.books.dates import local_day
from server.books.periods.blocked_months import Why, blocked_months
from server.books.periods.months import iso_month, month_before, month_of
from server.books.review.todo import read_todo
from server.console.here import now_ms, part, reading, services
from server.console.pages import Pages
from server.console.review.wording import rule_words
from server.limits import BLOCKED_LISTED_MAX
from server.workdays.calendar import read_calendar

pages = Pages("home", __name__)


@pages.page("/", needs=Right.SEE)
def landing() -> str:
    """Show what needs a person."""
    with reading() as connection:
        calendar = read_calendar(services().config.home)
        todo = read_todo(connection, part(connection, Right.SEE), calendar, now_ms())
    return render_template("home/landing.html", todo=todo, rule_words=rule_words)


@pages.page("/todo/months", needs=Right.SEE)
def months() -> str:
    """Show which sites keep the last month open, and why; alone, or as a part of the landing page."""
    month = month_before(month_of(local_day(now_ms())))
    with reading() as connection:
        waits = blocked_months(connection, part(connection, Right.SEE), month)
    is_part = bool(request.headers.get("HX-Request"))
    return render_template(
        "home/months_part.html" if is_part else "home/months.html",
        waits=waits,
        whys=list(Why),
        month=iso_month(month),
        listed=BLOCKED_LISTED_MAX,
    )


@pages.page("/find", needs=Right.SEE)
def find() -> Response:
    """Search among people, from the head of every page."""
    text = request.args.get("q", "")[:80]
    return redirect(url_for("reference.browse_kind", kind="volunteers", q=text))
