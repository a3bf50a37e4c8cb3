"""Requests for correction: what volunteers say is wrong, until when it is to be answered, and answering it."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import END, Code, Outcome
from server.access.part import Part
from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import Minute, PageAsked, Strict, hash_of, number, why, words
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_time
from server.books.decisions.correct import Answered, Requested, Said, answer_correction, correct
from server.books.decisions.corrections import Listed
from server.books.decisions.decisions_on import Made, decisions_on
from server.books.decisions.list_corrections import Asked, Reader, list_corrections, read_correction
from server.books.review.look import look
from server.limits import SAID_CHARS_MAX
from server.people.within import home_of, reaches
from server.workdays.calendar import read_calendar
from sync.errors import Refused

calls = Calls("corrections", __name__, "What volunteers say is wrong (E8), and answering it.")
NAMES.update(
    {
        Asked: "CorrectionAsked",
        Listed: "Correction",
        Answered: "CorrectionAnswered",
        Requested: "CorrectionRequested",
    }
)


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A decision that an answer may name. mark: common to all made at once; undoes: what it takes back ("" for none)."""

    decision: str
    record: str
    action: str
    by: str
    second: str
    settles: str
    why: str
    made: str
    mark: str
    undoes: str


class CorrectionsAsked(PageAsked):
    """Which requests; without `all` those that wait for an answer."""

    everything = fields.String(
        data_key="all", load_default="false", validate=validate.OneOf(["true", "false"])
    )


class RequestWanted(Strict):
    """A request that somebody makes in person or by telephone. site: what it is about. came, left: as they say.

    said: in their own words; it is sealed to the centre. record: the one that is wrong, if there is one.
    """

    volunteer = number(required=True)
    site = number(load_default=str)
    record = hash_of(load_default=None)
    came = Minute(load_default=None)
    left = Minute(load_default=None)
    said = words(SAID_CHARS_MAX, 1, required=True)


class AnswerWanted(Strict):
    """An answer. decision: hash of the decision that carries out what is agreed; nothing where it is declined."""

    outcome = fields.String(
        required=True, validate=validate.OneOf([outcome.value for outcome in Outcome])
    )
    decision = fields.String(
        load_default=str, validate=validate.Regexp(rf"^(?:[0-9a-f]{{64}})?{END}")
    )
    why = why()


@calls.reads("/corrections", needs=Right.SEE, asks=CorrectionsAsked, gives=page_shape(Asked))
def browse(asked: dict[str, Any]) -> Page[Asked]:
    """Requests, the oldest first. What was said is told with each request alone."""
    behind = after(asked)
    with here.reading() as connection:
        found = list_corrections(
            connection,
            _reader(here.part(connection, Right.SEE)),
            only_open=asked["everything"] == "false",
            after=behind[0] if behind else "",
            limit=asked["limit"],
        )
    return Page(found.rows, onward(found.after))


@calls.reads("/corrections/<hash:request>", needs=Right.SEE, gives=Listed)
def one(_asked: dict[str, Any], request: str) -> Listed:
    """One request, with what was said and who may have seen it."""
    with here.reading() as connection:
        found = read_correction(connection, _reader(here.part(connection, Right.SEE)), request)
    here.note("correction", found.volunteer, 1)
    return found


@calls.reads(
    "/corrections/<hash:request>/decisions", needs=Right.SEE, gives=page_shape(DecisionMade)
)
def decisions(_asked: dict[str, Any], request: str) -> Page[DecisionMade]:
    """The newest decisions within your part on records of who asked: one of them is what an answer names."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_correction(connection, _reader(part), request)
        made = decisions_on(connection, part, found.volunteer)
    here.note("correction", found.volunteer, 1)
    return Page([_made(one) for one in made], None)


@calls.acts("/corrections", needs=Right.ANSWER, takes=RequestWanted, gives=Requested, status=201)
def ask(wanted: dict[str, Any]) -> Requested:
    """Write a request down for somebody. The same again, while it waits, is the same request."""
    services = here.services()
    with here.reading() as connection:
        _require_within(connection, here.part(connection, Right.ANSWER), wanted)
    said = Said(
        wanted["volunteer"],
        wanted["site"],
        bytes.fromhex(wanted["record"] or ""),
        (wanted["came"] or 0) * 60_000,
        (wanted["left"] or 0) * 60_000,
        here.now_ms(),
        wanted["said"],
    )
    by = here.caller().account.number
    return correct(services.database, services.central, said, by=by)


@calls.acts(
    "/corrections/<hash:request>/answer", needs=Right.ANSWER, takes=AnswerWanted, gives=Answered
)
def answer(wanted: dict[str, Any], request: str) -> Answered:
    """Answer a request. The same answer again changes nothing."""
    services = here.services()
    with here.reading() as connection:
        found = read_correction(connection, _reader(here.sight(connection)), request)
        where = Where(found.site, *home_of(connection, found.volunteer))
        actor = here.acting(connection, Right.ANSWER, where)
    return answer_correction(
        services.database,
        services.central,
        actor,
        found.request,
        Outcome(wanted["outcome"]),
        wanted["why"],
        bytes.fromhex(wanted["decision"]),
    )


def _reader(part: Part) -> Reader:
    services = here.services()
    return Reader(part, services.signer.keys, read_calendar(services.config.home))


def _require_within(connection: Connection, part: Part, wanted: dict[str, Any]) -> None:
    """Refuse (`not_found`) whoever lies outside the part, and a record that does."""
    who, record = wanted["volunteer"], wanted["record"]
    is_there = reaches(connection, part, who, wanted["site"])
    if not is_there or (record and look(connection, part, who, record) is None):
        raise Refused(Code.NOT_FOUND, "没有这位志愿者，或这条记录 / no such volunteer or record")


def _made(one: Made) -> DecisionMade:
    return DecisionMade(
        one.hash, one.record, one.action, one.by, one.second, one.settles, one.why,
        iso_time(one.at_ms), one.mark, one.undoes,
    )  # fmt: skip
