"""The official export: what of closed months was sent, accepted or refused. Sending writes files, on the page or by command."""

from typing import Any

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Month, PageAsked
from server.api.shapes import NAMES, page_shape
from server.books.dates import local_day
from server.exports.read_exports import ExportState, Place, RefusedRow, closed_sites, read_exports
from server.workdays.calendar import read_calendar

calls = Calls(
    "exports", __name__, "What of closed months the official site has, and what it refused."
)
NAMES.update({ExportState: "ExportOfMonth", RefusedRow: "ExportRefused"})


class ExportsAsked(PageAsked):
    """Which month."""

    month = Month(required=True)


@calls.reads("/exports", needs=Right.OFFICIAL, asks=ExportsAsked, gives=page_shape(ExportState))
def browse(asked: dict[str, Any]) -> Page[ExportState]:
    """How the rows of each closed site of a month stand. A site without confirmed hours has none."""
    behind, limit = after(asked), asked["limit"]
    calendar = read_calendar(here.services().config.home)
    today = local_day(here.now_ms())
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
        place = behind[0] if behind else ""
        sites = closed_sites(connection, asked["month"], part, after=place, limit=limit + 1)
        some = page(sites, limit, lambda site: (site,))
        within = Place(asked["month"], tuple(some.items))
        found = read_exports(connection, calendar, today, part, within)
    return Page(found, some.next)
