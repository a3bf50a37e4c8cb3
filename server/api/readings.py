"""Readings: who read personal data, when, about whom and for what purpose. For whoever looks after the whole server."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from schemas.vocabulary import END, Code
from server.access.list_readings import Noted, list_readings
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import PageAsked
from server.api.shapes import page_shape
from server.books.dates import iso_time
from sync.errors import Refused

calls = Calls("readings", __name__, "Who read personal data; each reading is sealed hourly.")
_NAME = rf"^[a-z0-9._-]{{2,40}}{END}"


@dataclass(frozen=True, slots=True)
class ReadingTold:
    """A reading. by: the account. what: page, call or file. about: numbers, or the search. seal: 0 while it is not sealed yet."""

    number: int
    at: str
    by: str
    what: str
    about: str
    people: int
    purpose: str
    seal: int


class ReadingsAsked(PageAsked):
    """Whose readings; everybody's, if nobody is named."""

    by = fields.String(load_default=str, validate=validate.Regexp(_NAME))


@calls.reads("/readings", needs=Right.AUDIT, asks=ReadingsAsked, gives=page_shape(ReadingTold))
def browse(asked: dict[str, Any]) -> Page[ReadingTold]:
    """Readings, the newest first."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        if not here.part(connection, Right.AUDIT).is_all:  # a reading is of no region
            raise Refused(Code.NOT_FOUND)
        older = behind[0] if behind else 0
        found = list_readings(connection, by=asked["by"], after=older, limit=limit + 1).rows
    some = page(found, limit, lambda one: (one.id,))
    return Page([_told(one) for one in some.items], some.next)


def _told(one: Noted) -> ReadingTold:
    return ReadingTold(
        one.id, iso_time(one.at_ms), one.by, one.what, one.about, one.people, one.purpose, one.seal
    )
