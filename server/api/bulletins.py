"""Bulletins: which were issued. Their papers are on the page, and by command."""

from typing import Any

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import PageAsked
from server.api.shapes import NAMES, page_shape
from server.bulletins.read_bulletins import Listed, list_bulletins

calls = Calls(
    "bulletins", __name__, "Figures of a region and some dates, issued under a number and frozen."
)
NAMES.update({Listed: "Bulletin"})


@calls.reads("/bulletins", needs=Right.SEE, asks=PageAsked, gives=page_shape(Listed))
def browse(asked: dict[str, Any]) -> Page[Listed]:
    """Bulletins of regions within your part, the newest first."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        before = behind[0] if behind else 0
        found = list_bulletins(connection, part, before=before, limit=limit + 1)
    return page(found, limit, lambda one: (one.number,))
