"""Badges of single people: the picture of one for a phone, and new ones in place of what was lost. Sheets are `sheets.py`."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from schemas.limits import WHY_CHARS_MAX
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.fields import Nothing, Strict, number, words
from server.api.files import PDF, PNG, ZIP, hand_out
from server.api.people import require_people
from server.badges.hand_out import badge_picture, badge_sheets, people_meant
from server.badges.job import Replace
from server.books.derive.queue import queue_people
from server.limits import BADGES_OF_A_PAGE_MAX

calls = Calls(
    "badges", __name__, "Badges of single people: as a picture, or in place of lost ones."
)


class ReissueWanted(Strict):
    """Whose badges are replaced, and why: without personal data, it is kept for good."""

    people = fields.List(
        number(), required=True, validate=validate.Length(min=1, max=BADGES_OF_A_PAGE_MAX)
    )
    reason = words(WHY_CHARS_MAX, 1, required=True)


@calls.draws("/people/<number:volunteer>/badge", needs=Right.BADGES, takes=Nothing, gives=(PNG,))
def picture(_wanted: dict[str, Any], volunteer: str) -> Response:
    """Somebody's badge as a picture: the code and the number. Who has a badge gets the same one each time."""
    with here.reading() as connection:
        require_people(connection, here.part(connection, Right.BADGES), [volunteer])
    return hand_out(badge_picture(here.services(), volunteer))


@calls.acts("/badges/reissue", needs=Right.BADGES, takes=ReissueWanted, gives=(PDF, ZIP))
def reissue(wanted: dict[str, Any]) -> Response:
    """Revoke what these people have, and print the next, with names in full, which is noted: of all of them, or of none."""
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.BADGES)
        people = people_meant(connection, part, numbers=wanted["people"])
    here.note("badges", " ".join(people), len(people))
    replace = Replace(wanted["reason"], there.central.record_revocation, queue_people)
    return hand_out(badge_sheets(there, people, replace)[1])
