"""Stars: which thresholds hold, who has how many, and the confirmed postings that somebody's stars rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Any

from marshmallow import fields, validate

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import LocalDate, PageAsked, Strict, number
from server.api.shapes import NAMES, page_shape
from server.books.dates import local_day
from server.books.derive.identities import read_identities
from server.limits import STAR_EVIDENCE_SHOWN_MAX
from server.models.now import VolunteerNow
from server.people.mask import masked
from server.people.within import people_of
from server.stars.figures import STARS_MAX
from server.stars.levels import Evidence, Level, Wish, read_evidence, read_levels
from server.stars.preview import require_few
from server.stars.thresholds import Thresholds
from sync.errors import Refused

calls = Calls("stars", __name__, "Stars by confirmed hours, and what they rest on.")
NAMES.update({Level: "StarLevel", Evidence: "StarEvidence"})


@dataclass(frozen=True, slots=True)
class StarThresholds:
    """Figures that hold in a region with all below it that has none of its own ("": everywhere else)."""

    region: str
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class StarsOfPerson:
    """What somebody's stars rest on. minutes: confirmed, up to the day. evidence: the newest postings; count: of all."""

    volunteer: str
    minutes: int
    count: int
    evidence: list[Evidence]


class DayAsked(Strict):
    """Of which local date; without it today."""

    day = LocalDate(load_default=None)


class LevelsAsked(PageAsked):
    """Who: with at least so many stars on a local date (today), of a team, or one person."""

    day = LocalDate(load_default=None)
    least = fields.Integer(load_default=1, validate=validate.Range(min=1, max=STARS_MAX))
    team = number(load_default=str)
    volunteer = number(load_default=str)


@calls.reads("/stars/thresholds", needs=Right.SEE, asks=DayAsked, gives=page_shape(StarThresholds))
def thresholds(asked: dict[str, Any]) -> Page[StarThresholds]:
    """Everybody's thresholds, and those of regions that have their own and lie within, or above, your part."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        scopes = Thresholds(connection).scopes(part, day_of(asked))
    return Page([StarThresholds(one.region, _plain(one.figures)) for one in scopes], None)


@calls.reads(
    "/stars/levels",
    needs=Right.SEE,
    asks=LevelsAsked,
    gives=page_shape(Level),
    problems=(413,),
)
def levels(asked: dict[str, Any]) -> Page[Level]:
    """Who has how many stars, by number. Names are masked."""
    behind, limit = after(asked), asked["limit"]
    place = behind[0] if behind else ""
    people = [asked["volunteer"]] if asked["volunteer"] else []
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        wish = Wish(day_of(asked), part, asked["least"], asked["team"], people)
        require_few(connection, wish)
        found = (one for one in read_levels(connection, wish) if one.volunteer > place)
        rows = nsmallest(limit + 1, found, key=lambda one: one.volunteer)
    some = page(rows, limit, lambda one: (one.volunteer,))
    return Page([replace(one, name=masked(one.name)) for one in some.items], some.next)


@calls.reads(
    "/people/<number:volunteer>/stars", needs=Right.SEE, asks=DayAsked, gives=StarsOfPerson
)
def of_person(asked: dict[str, Any], volunteer: str) -> StarsOfPerson:
    """The confirmed postings that a person's stars rest on."""
    with here.reading() as connection:
        keeper = read_identities(connection, [volunteer]).keeper(volunteer)
        mine = people_of(here.part(connection, Right.SEE)).where(VolunteerNow.number == keeper)
        if connection.scalar(mine.limit(1)) is None:
            raise Refused(Code.NOT_FOUND, "没有这个人 / no such person")
        evidence = read_evidence(connection, volunteer, day_of(asked))
    here.note("stars", volunteer, 1)
    newest = evidence[-STAR_EVIDENCE_SHOWN_MAX:][::-1]
    minutes = sum(one.minutes for one in evidence)
    return StarsOfPerson(volunteer, minutes, len(evidence), newest)


def day_of(asked: dict[str, Any]) -> int:
    """Give the date that is asked for, else today."""
    return local_day(here.now_ms()) if asked["day"] is None else int(asked["day"])


def _plain(figures: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(figures.items()))
