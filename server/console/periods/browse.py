"""The sites of a month, and a month of a site."""

from flask import render_template, request
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import local_day
from server.books.periods.list_periods import list_periods
from server.books.periods.months import iso_month, month_before, month_of, next_month, read_month
from server.books.periods.read_period import Period, read_period
from server.console.here import now_ms, part, reading
from server.console.pages import Pages
from sync.errors import Refused

pages = Pages("periods", __name__)


@pages.page("/periods", needs=Right.SEE)
def browse() -> str:
    """Show the sites of a month: closed, ready, or what each waits for. Without a month it is the last that is over."""
    asked = request.args.get("month", "")
    month = month_from(asked) if asked else month_before(month_of(local_day(now_ms())))
    region, after = request.args.get("region", "")[:20], request.args.get("after", "")[:20]
    with reading() as connection:
        within = part(connection, Right.SEE)
        page = list_periods(connection, within, month, now_ms(), region=region, after=after)
    return render_template(
        "periods/browse.html",
        page=page,
        month=month,
        region=region,
        is_first=not after,
        earlier=iso_month(month_before(month)),
        later=iso_month(next_month(month)),
    )


@pages.page("/periods/<site>/<month>", needs=Right.SEE)
def one(site: str, month: str) -> str:
    """Show a month of a site: its figures in a table that adds up, and what closing it waits for."""
    with reading() as connection:
        found = find(connection, site, month, Right.SEE)
    return render_template("periods/one.html", period=found)


def find(connection: Connection, site: str, month: str, right: Right) -> Period:
    """Read a month of a site within one's part. Raise `Refused(not_found)`."""
    return read_period(connection, part(connection, right), site, month_from(month))


def month_from(words: str) -> int:
    """Read a month from an address."""
    try:
        return read_month(words)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "month: 2026-11") from error
