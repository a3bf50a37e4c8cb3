"""Decisions on many records at once, and taking decisions back."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import Action
from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.calls import Calls
from server.api.fields import LocalDate, Strict, dry_run, nobody_else, number, why
from server.api.findings import RULE
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Reasons
from server.books.decisions.decide_many import ACTIONS, Sweep, Swept, decide_many
from server.books.decisions.decisions_on import record_of
from server.books.decisions.undo_decision import Undone, undo_decision
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.review.look import look

calls = Calls(
    "decisions", __name__, "Deciding on all records that a rule holds, and taking decisions back."
)


class SweepWanted(Strict):
    """A decision on all records within your part that a rule holds and that begin within the dates."""

    rule = fields.String(required=True, validate=validate.Regexp(RULE))
    action = fields.String(
        required=True, validate=validate.OneOf(sorted(action.value for action in ACTIONS))
    )
    site = number(load_default=str)
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    why = why()
    second = nobody_else()
    dry_run = dry_run()


class UndoWanted(Strict):
    """Taking back."""

    why = why()
    dry_run = dry_run()


@calls.acts("/decisions/bulk", needs=Right.DECIDE, takes=SweepWanted, gives=Swept)
def sweep(wanted: dict[str, Any]) -> Swept:
    """Decide on many records, or (`dry_run`) say in numbers what that would do. `mark` takes all back at once."""
    services, actor = here.services(), here.actor(Right.DECIDE)
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
    return decide_many(
        services.database,
        services.central,
        actor,
        Sweep(
            wanted["rule"],
            Action(wanted["action"]),
            wanted["site"],
            Span(wanted["first"], wanted["last"]),
        ),
        Reasons(wanted["why"]),
        is_dry=wanted["dry_run"],
        part=part,
    )


@calls.acts("/decisions/<mark:decision>/undo", needs=Right.DECIDE, takes=UndoWanted, gives=Undone)
def undo(wanted: dict[str, Any], decision: str) -> Undone:
    """Take a decision back by its hash, or all that were made at once by their mark. What was decided before counts again."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        actor = _actor_on(connection, decision)
    return undo_decision(
        services.database,
        services.central,
        actor,
        decision,
        wanted["why"],
        is_dry=wanted["dry_run"],
        part=part,
    )


def _actor_on(connection: Connection, decision: str) -> Actor:
    """Give who takes back: of one decision as what they decide on its record, of many as what they are everywhere."""
    made = record_of(connection, decision)
    looked = look(connection, here.sight(connection), *made) if made else None
    if (
        looked is None
    ):  # of many, or on what is no record any more: `undo_decision` says whether it is within
        return here.actor(Right.DECIDE)
    where = Where(looked.site, looked.team, looked.region)
    return here.acting(connection, Right.DECIDE, where)
