"""Enrolment codes that were made: which are open, which log each enrolled, and ending one that was not used."""

from dataclasses import dataclass
from typing import Any

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Nothing, PageAsked
from server.api.shapes import page_shape
from server.books.dates import iso_time
from server.fleet.codes import Issued, end_code, has_code, list_codes
from sync.errors import Refused

calls = Calls("codes", __name__, "Codes by which kiosks enrol, and what became of each.")


@dataclass(frozen=True, slots=True)
class CodeTold:
    """A code, of which nobody can read the secret. state: `open`, `used`, `ended`, `expired`, or `locked` after wrong tries.

    log: the one that it enrolled. made_by, ended_by: accounts ("": the server's operator).
    """

    code: str
    site: str
    state: str
    made: str
    until: str
    made_by: str
    used: str | None
    log: str
    ended: str | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class CodeEnded:
    """A code that enrols nothing any more. already: it was used or ended before, and nothing was done now."""

    code: str
    already: bool


@calls.reads("/enrolment-codes", needs=Right.FLEET, asks=PageAsked, gives=page_shape(CodeTold))
def browse(asked: dict[str, Any]) -> Page[CodeTold]:
    """Codes for sites within your part, the newest first."""
    behind, limit = after(asked), asked["limit"]
    place = None if behind is None else (behind[0], bytes(behind[1]))
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        found = list_codes(connection, part, here.now_ms(), before=place, limit=limit + 1)
    some = page(found, limit, lambda one: (one.created_ms, bytes.fromhex(one.id)))
    return Page([_told(one) for one in some.items], some.next)


@calls.acts("/enrolment-codes/<code:code>/end", needs=Right.FLEET, takes=Nothing, gives=CodeEnded)
def end(_wanted: dict[str, Any], code: str) -> CodeEnded:
    """End a code that was not used, because its sheet was lost."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        if not has_code(connection, part, code):
            raise Refused(Code.NOT_FOUND, "没有这个登记码 / no such code")
    by = here.caller().account.username
    done = end_code(services.database, services.central, part, code, by=by)
    return CodeEnded(code, not done)


def _told(one: Issued) -> CodeTold:
    return CodeTold(
        one.id,
        one.site,
        one.standing,
        iso_time(one.created_ms),
        iso_time(one.expires_ms),
        one.made_by,
        iso_time(one.used_ms) if one.used_ms else None,
        one.used_by,
        iso_time(one.ended_ms) if one.ended_ms else None,
        one.ended_by,
    )
