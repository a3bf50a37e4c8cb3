"""Who is who: walk-ins that are matched, numbers that are one person, and badges that no longer count."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import PageAsked, Strict, nobody_else, number, why, words
from server.api.shapes import NAMES, page_shape
from server.badges.revoke import Revoked, revoke_badge
from server.books.dates import iso_time
from server.books.decisions.merge import Merged, accept_walk_in, merge
from server.books.derive.queue import queue_people
from server.books.within import has_person
from server.people.walk_ins import WalkIn, find_walk_in, unmatched
from sync.errors import Refused

calls = Calls(
    "people", __name__, "Walk-ins, numbers that are one person, badges that no longer count."
)
NAMES.update({Revoked: "BadgesRevoked"})


@dataclass(frozen=True, slots=True)
class WalkInTold:
    """Somebody with a temporary number whom nobody has matched. by: the lead who took them in."""

    number: str
    site: str
    came: str
    by: str


class AcceptWanted(Strict):
    """Which volunteer a walk-in is."""

    into = number(required=True)
    why = words(WHY_CHARS_MAX, load_default=str)


class MergeWanted(Strict):
    """Which number is kept."""

    into = number(required=True)
    why = why()
    second = nobody_else()


class BadgesRevokeWanted(Strict):
    """Why, without personal data."""

    reason = words(WHY_CHARS_MAX, 1, required=True)


@calls.reads("/walk-ins", needs=Right.DECIDE, asks=PageAsked, gives=page_shape(WalkInTold))
def walk_ins(asked: dict[str, Any]) -> Page[WalkInTold]:
    """Walk-ins at sites within your part whom nobody has matched. A page may be short, and lead on all the same."""
    behind = after(asked)
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        place = behind[0] if behind else ""
        found, more = unmatched(connection, part, after=place, limit=asked["limit"])
    return Page([walk_in_told(one) for one in found], onward(more))


@calls.acts(
    "/walk-ins/<number:volunteer>/accept", needs=Right.DECIDE, takes=AcceptWanted, gives=Merged
)
def accept(wanted: dict[str, Any], volunteer: str) -> Merged:
    """Say which volunteer a walk-in is: their hours become that person's. The same again changes nothing."""
    services, actor = here.services(), here.actor(Right.DECIDE)
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        if find_walk_in(connection, part, volunteer) is None:
            require_people(connection, part, [volunteer])  # one who was matched before
        require_people(connection, part, [wanted["into"]])
    return accept_walk_in(
        services.database, services.central, actor, volunteer, wanted["into"], wanted["why"]
    )


@calls.acts("/people/<number:volunteer>/merge", needs=Right.DECIDE, takes=MergeWanted, gives=Merged)
def merge_into(wanted: dict[str, Any], volunteer: str) -> Merged:
    """Say that two numbers are one person. The same again changes nothing."""
    services, actor = here.services(), here.actor(Right.DECIDE)
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        require_people(connection, part, [volunteer, wanted["into"]])
    return merge(
        services.database, services.central, actor, volunteer, wanted["into"], wanted["why"]
    )


@calls.acts(
    "/people/<number:volunteer>/badges/revoke",
    needs=Right.BADGES,
    takes=BadgesRevokeWanted,
    gives=Revoked,
)
def revoke_badges(wanted: dict[str, Any], volunteer: str) -> Revoked:
    """Revoke the badges of a person, who lost one: the next print issues another. The same again changes nothing."""
    services = here.services()
    with here.reading() as connection:
        require_people(connection, here.part(connection, Right.BADGES), [volunteer])
    return revoke_badge(
        services.database,
        volunteer,
        wanted["reason"],
        now_ms=here.now_ms(),
        append=services.central.record_revocation,
        queue_people=queue_people,
    )


def require_people(connection: Connection, part: Part, numbers: Iterable[str]) -> None:
    """Refuse (`not_found`) numbers of which one is nobody's within the part."""
    if not all(has_person(connection, part, [each]) for each in numbers):
        raise Refused(Code.NOT_FOUND, "没有这个人 / no such person")


def walk_in_told(one: WalkIn) -> WalkInTold:
    """Tell of a walk-in, without what they gave."""
    return WalkInTold(one.number, one.site, iso_time(one.at_ms), one.by)
