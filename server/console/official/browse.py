"""How exports of a month stand, and the files that were written."""

from flask import Response, abort, render_template, request

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import local_day
from server.books.periods.months import iso_month, month_of, read_month
from server.console.here import note, now_ms, part, reading, services
from server.console.pages import Pages
from server.exports.files import find_file
from server.exports.read_exports import Place, closed_sites, read_chunk, read_chunks, read_exports
from server.workdays.calendar import require_calendar
from sync.errors import Refused

pages = Pages("official", __name__)
SITES_A_PAGE = 50


@pages.page("/official", needs=Right.OFFICIAL)
def browse() -> str:
    """Show the closed sites of a month: waiting, sent, accepted, refused, and the date by which the rows are due."""
    month = month_asked(request.args.get("month", ""))
    after = request.args.get("after", "")[:20]
    calendar = require_calendar(services().config.home)
    with reading() as connection:
        within = part(connection, Right.OFFICIAL)
        sites = closed_sites(connection, month, within, after=after, limit=SITES_A_PAGE + 1)
        place = Place(month, tuple(sites[:SITES_A_PAGE]))
        rows = read_exports(connection, calendar, local_day(now_ms()), within, place)
        chunks = read_chunks(connection, month, within)
    return render_template(
        "official/browse.html",
        rows=rows,
        chunks=chunks,
        month=month,
        is_first=not after,
        after=place.sites[-1] if len(sites) > SITES_A_PAGE else "",
    )


@pages.page("/official/files/<int:number>", needs=Right.OFFICIAL)
def file(number: int) -> Response:
    """Give a file that was written here: it holds names, and reading it is noted."""
    with reading() as connection:
        chunk = read_chunk(connection, number, part(connection, Right.OFFICIAL))
    if chunk is None:
        abort(404)
    found = find_file(services().config.home, number)
    note("official", f"{chunk.site} {iso_month(chunk.month)} #{number}", chunk.people)
    answer = Response(found.read_bytes(), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer


def month_asked(words: str) -> int:
    """Read a month from an address, else the one before this."""
    if not words:
        today = month_of(local_day(now_ms()))
        return today - 1 if today % 100 > 1 else today - 89
    try:
        return read_month(words)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "month: 2026-11") from error
