"""Lists of people with stars: shown first, put up for objection (公示), objected to, answered, concluded."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from schemas.vocabulary import Outcome
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import Line, LocalDate, Nothing, PageAsked, Strict, number, why, words
from server.api.shapes import NAMES, page_shape
from server.api.stars import day_of
from server.books.dates import local_day
from server.books.derive.drain import drain
from server.limits import IMPORT_CELL_CHARS_MAX, SAID_CHARS_MAX, STAR_LIST_DAYS_MAX
from server.people.mask import masked
from server.stars.browse_lists import OneList, browse_list, browse_lists, read_person
from server.stars.figures import STARS_MAX
from server.stars.levels import Evidence, Wish
from server.stars.object import Objected, Settled, answer_objection, object_to
from server.stars.on_lists import OnList
from server.stars.preview import preview
from server.stars.publish import Concluded, Published, conclude, publish
from server.stars.read_stars import ListTold, ObjectionTold

calls = Calls("star_lists", __name__, "Lists of people with stars, put up so that anybody objects.")
NAMES.update(
    {
        ListTold: "StarList",
        ObjectionTold: "StarObjection",
        Published: "StarListPublished",
        Concluded: "StarListConcluded",
        Objected: "StarListObjected",
        Settled: "StarObjectionSettled",
    }
)


@dataclass(frozen=True, slots=True)
class StarListPerson:
    """Somebody on a list. state: "" for on it, `struck`, or `fallen` where their hours are too few by now.

    name: masked, for whoever may not unmask.
    """

    volunteer: str
    name: str
    team: str
    region: str
    stars: int
    minutes: int
    state: str


@dataclass(frozen=True, slots=True)
class StarCount:
    """How many people have so many stars."""

    stars: int
    people: int


@dataclass(frozen=True, slots=True)
class StarListPreview:
    """A list that is not up. digest: what `If-Match` takes to put just this one up. first: the first people, by number."""

    people: int
    counts: list[StarCount]
    digest: str
    from_day: str
    until_day: str
    first: list[StarListPerson]


@dataclass(frozen=True, slots=True)
class StarListTold:
    """A list. objections: to people within your part, the newest; objected: how many of them there are."""

    list: ListTold
    objections: tuple[ObjectionTold, ...]
    objected: int


@dataclass(frozen=True, slots=True)
class StarListEvidence:
    """What somebody's stars on a list rest on. minutes: confirmed now, up to its day; evidence: the newest; count: of all."""

    list: ListTold
    person: StarListPerson
    minutes: int
    evidence: tuple[Evidence, ...]
    count: int


def _least() -> fields.Integer:
    """Give the field for how many stars are asked for."""
    return fields.Integer(
        load_default=1, strict=True, validate=validate.Range(min=1, max=STARS_MAX)
    )


def _days() -> fields.Integer:
    """Give the field for how many dates a list is up. 0: as the policy says."""
    bounds = validate.Range(min=0, max=STAR_LIST_DAYS_MAX)
    return fields.Integer(load_default=0, strict=True, validate=bounds)


class PreviewAsked(Strict):
    """Which list: of the stars of a local date (today), of a team or all, up for so many dates (0: as the policy says)."""

    day = LocalDate(load_default=None)
    least = fields.Integer(load_default=1, validate=validate.Range(min=1, max=STARS_MAX))
    team = number(load_default=str)
    days = fields.Integer(load_default=0, validate=validate.Range(min=0, max=STAR_LIST_DAYS_MAX))


class PublishWanted(Strict):
    """A list under a title."""

    title = Line(IMPORT_CELL_CHARS_MAX, required=True)
    day = LocalDate(load_default=None)
    least = _least()
    team = number(load_default=str)
    days = _days()


class ObjectWanted(Strict):
    """An objection to somebody on a list. said: the words, which are sealed."""

    volunteer = number(required=True)
    said = words(SAID_CHARS_MAX, 1, required=True)


class AnswerObjectionWanted(Strict):
    """An answer. `agreed` takes the person off the list."""

    outcome = fields.String(
        required=True, validate=validate.OneOf([outcome.value for outcome in Outcome])
    )
    why = why()


@calls.reads("/stars/lists", needs=Right.SEE, asks=PageAsked, gives=page_shape(ListTold))
def browse(asked: dict[str, Any]) -> Page[ListTold]:
    """Lists that have somebody of your part on them, the newest first. A page may be short, and lead on all the same."""
    behind = after(asked)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        place = behind[0] if behind else ""
        found = browse_lists(connection, part, _today(), before=place, limit=asked["limit"])
    return Page(found.lists, onward(found.after))


@calls.reads(
    "/stars/preview",
    needs=Right.PUBLISH,
    asks=PreviewAsked,
    gives=StarListPreview,
    has_version=True,
    problems=(413,),
)
def show_first(asked: dict[str, Any]) -> tuple[StarListPreview, dict[str, str]]:
    """What list would be put up. Names are masked."""
    with here.reading() as connection:
        wish = _wish(asked, here.part(connection, Right.PUBLISH))
        found = preview(connection, wish, _today(), asked["days"])
    told = StarListPreview(
        found.people,
        [StarCount(*count) for count in found.counts],
        found.digest,
        found.from_day,
        found.until_day,
        [_person(one, "", Part()) for one in found.first],
    )
    return told, tag(found.digest)


@calls.acts(
    "/stars/lists", needs=Right.PUBLISH, takes=PublishWanted, gives=Published, is_based=True
)
def put_up(wanted: dict[str, Any]) -> Published:
    """Put up the list that was shown. `If-Match`: the `ETag` of the preview; `*`: whatever list it is now."""
    services, actor, looked_at = here.services(), here.actor(Right.PUBLISH), seen()
    drain(services.database, services.signer.keys.identity_public)
    with here.reading() as connection:
        wish = _wish(wanted, here.part(connection, Right.PUBLISH))
    where = (services.database, services.central, actor)
    return publish(*where, wanted["title"], wish, days=wanted["days"], seen=looked_at)


@calls.reads("/stars/lists/<hash:entry>", needs=Right.SEE, gives=StarListTold)
def one(_asked: dict[str, Any], entry: str) -> StarListTold:
    """A list, and what was objected. Whose objections were read is noted."""
    found, _ = _read(entry, "", 1)
    about = {said.volunteer for said in found.objections}
    if about:
        here.note("stars", entry[:12], len(about))
    return StarListTold(found.list, found.objections, found.objected)


@calls.reads(
    "/stars/lists/<hash:entry>/people",
    needs=Right.SEE,
    asks=PageAsked,
    gives=page_shape(StarListPerson),
)
def people(asked: dict[str, Any], entry: str) -> Page[StarListPerson]:
    """Who is on a list, as far as they are within your part, by number."""
    behind = after(asked)
    found, clear = _read(entry, behind[0] if behind else "", asked["limit"])
    shown = sum(clear.has_person(person.team, person.region) for person, _ in found.rows)
    if shown:
        here.note("stars", entry[:12], shown)
    told = [_person(person, state, clear) for person, state in found.rows]
    return Page(told, onward(found.after))


@calls.reads(
    "/stars/lists/<hash:entry>/people/<number:volunteer>", needs=Right.SEE, gives=StarListEvidence
)
def person(_asked: dict[str, Any], entry: str, volunteer: str) -> StarListEvidence:
    """What somebody's stars on a list rest on."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_person(connection, part, _today(), entry, volunteer)
    here.note("stars", volunteer, 1)
    told = _person(found.person, found.state, _clear())
    return StarListEvidence(found.list, told, found.minutes, found.evidence, found.count)


@calls.acts(
    "/stars/lists/<hash:entry>/objections", needs=Right.ANSWER, takes=ObjectWanted, gives=Objected
)
def object_one(wanted: dict[str, Any], entry: str) -> Objected:
    """Write down what somebody says against a person on a list. The same again changes nothing while it waits."""
    there, by = here.services(), here.caller().account.number
    asked = (there.database, there.central, entry, wanted["volunteer"], wanted["said"])
    return object_to(*asked, by=by, part=_part(Right.ANSWER))


@calls.acts(
    "/stars/objections/<hash:objection>/answer",
    needs=Right.ANSWER,
    takes=AnswerObjectionWanted,
    gives=Settled,
)
def answer(wanted: dict[str, Any], objection: str) -> Settled:
    """Answer an objection. The same answer again changes nothing."""
    there, outcome = here.services(), Outcome(wanted["outcome"])
    who = here.actor(Right.ANSWER)
    asked = (there.database, there.central, who, objection, outcome, wanted["why"])
    return answer_objection(*asked, part=_part(Right.ANSWER))


@calls.acts(
    "/stars/lists/<hash:entry>/conclude", needs=Right.PUBLISH, takes=Nothing, gives=Concluded
)
def conclude_one(_wanted: dict[str, Any], entry: str) -> Concluded:
    """Conclude a list that was up long enough: who is left on it is awarded. The same again changes nothing."""
    there, actor = here.services(), here.actor(Right.PUBLISH)
    drain(there.database, there.signer.keys.identity_public)
    return conclude(there.database, there.central, actor, entry, part=_part(Right.PUBLISH))


def _read(entry: str, place: str, limit: int) -> tuple[OneList, Part]:
    keys = here.services().signer.keys
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = browse_list(connection, keys, part, _today(), entry, after=place, limit=limit)
    return found, _clear()


def _wish(asked: dict[str, Any], part: Part) -> Wish:
    return Wish(day_of(asked), part, asked["least"], asked["team"])


def _part(right: Right) -> Part:
    with here.reading() as connection:
        return here.part(connection, right)


def _clear() -> Part:
    """Give where whoever calls may read names in full."""
    return _part(Right.UNMASK) if here.caller().may(Right.UNMASK) else Part()


def _person(one: OnList, state: str, clear: Part) -> StarListPerson:
    is_clear = clear.has_person(one.team, one.region)
    name = one.name if is_clear else masked(one.name)
    return StarListPerson(one.who, name, one.team, one.region, one.stars, one.minutes, state)


def _today() -> int:
    return local_day(here.now_ms())
