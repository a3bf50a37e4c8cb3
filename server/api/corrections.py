"""Requests for correction: what volunteers say is wrong, until when it is to be answered, and answering it."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import END, Outcome
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import PageAsked, Strict, why
from server.api.shapes import NAMES, page_shape
from server.books.correct import Answered, answer_correction
from server.books.corrections import Listed
from server.books.list_corrections import Asked, Reader, list_corrections, read_correction
from server.workdays.calendar import read_calendar

calls = Calls("corrections", __name__, "What volunteers say is wrong (E8), and answering it.")
NAMES.update({Asked: "CorrectionAsked", Listed: "Correction", Answered: "CorrectionAnswered"})


class CorrectionsAsked(PageAsked):
    """Which requests; without `all` those that wait for an answer."""

    everything = fields.String(
        data_key="all", load_default="false", validate=validate.OneOf(["true", "false"])
    )


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
            _reader(connection, Right.SEE),
            only_open=asked["everything"] == "false",
            after=behind[0] if behind else "",
            limit=asked["limit"],
        )
    return Page(found.rows, onward(found.after))


@calls.reads("/corrections/<hash:request>", needs=Right.SEE, gives=Listed)
def one(_asked: dict[str, Any], request: str) -> Listed:
    """One request, with what was said and who may have seen it."""
    with here.reading() as connection:
        found = read_correction(connection, _reader(connection, Right.SEE), request)
    here.note("correction", found.volunteer, 1)
    return found


@calls.acts(
    "/corrections/<hash:request>/answer", needs=Right.ANSWER, takes=AnswerWanted, gives=Answered
)
def answer(wanted: dict[str, Any], request: str) -> Answered:
    """Answer a request. The same answer again changes nothing."""
    services, actor = here.services(), here.actor()
    with here.reading() as connection:
        found = read_correction(connection, _reader(connection, Right.ANSWER), request)
    return answer_correction(
        services.database,
        services.central,
        actor,
        found.request,
        Outcome(wanted["outcome"]),
        wanted["why"],
        bytes.fromhex(wanted["decision"]),
    )


def _reader(connection: Connection, right: Right) -> Reader:
    services = here.services()
    calendar = read_calendar(services.config.home)
    return Reader(here.part(connection, right), services.signer.keys, calendar)
