"""The list of requests, and one request."""

from flask import render_template, request
from sqlalchemy import Connection

from server.access.roles import Right
from server.books.decisions.decisions_on import decisions_on
from server.books.decisions.list_corrections import Reader, list_corrections, read_correction
from server.console.here import note, part, reading, services
from server.console.pages import Pages
from server.workdays.calendar import read_calendar

pages = Pages("corrections", __name__)
_AFTER_CHARS = 100


@pages.page("/corrections", needs=Right.SEE)
def browse() -> str:
    """Show requests that wait for an answer, or all of them."""
    show_all = request.args.get("state") == "all"
    after = request.args.get("after", "")[:_AFTER_CHARS]
    with reading() as connection:
        page = list_corrections(
            connection, reader(connection, Right.SEE), only_open=not show_all, after=after
        )
    return render_template(
        "corrections/browse.html", page=page, show_all=show_all, is_first=not after
    )


@pages.page("/corrections/<hash_>", needs=Right.SEE)
def one(hash_: str) -> str:
    """Show a request with what was said, who may have seen it, and what can answer it."""
    with reading() as connection:
        mine = reader(connection, Right.SEE)
        found = read_correction(connection, mine, hash_)
        decisions = decisions_on(connection, mine.part, found.volunteer)
    note("correction", found.volunteer, 1)
    return render_template("corrections/one.html", one=found, decisions=decisions)


def reader(connection: Connection, right: Right) -> Reader:
    """Give what whoever asks reads requests with."""
    there = services()
    calendar = read_calendar(there.config.home)
    return Reader(part(connection, right), there.signer.keys, calendar)
