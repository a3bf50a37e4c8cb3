"""Decisions on many records at once, and taking decisions back."""

from typing import Any

from marshmallow import fields, validate

from schemas.vocabulary import Action
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.fields import LocalDate, Strict, dry_run, number, why
from server.api.findings import RULE
from server.books.decide import Reasons
from server.books.decide_many import ACTIONS, Sweep, Swept, decide_many
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.undo_decision import Undone, undo_decision

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
    second = number(load_default=str)
    dry_run = dry_run()


class UndoWanted(Strict):
    """Taking back."""

    why = why()
    dry_run = dry_run()


@calls.acts("/decisions/bulk", needs=Right.DECIDE, takes=SweepWanted, gives=Swept)
def sweep(wanted: dict[str, Any]) -> Swept:
    """Decide on many records, or (`dry_run`) say in numbers what that would do. `mark` takes all back at once."""
    services, actor = here.services(), here.actor()
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
        Reasons(wanted["why"], wanted["second"]),
        is_dry=wanted["dry_run"],
        part=part,
    )


@calls.acts("/decisions/<mark:decision>/undo", needs=Right.DECIDE, takes=UndoWanted, gives=Undone)
def undo(wanted: dict[str, Any], decision: str) -> Undone:
    """Take a decision back by its hash, or all that were made at once by their mark. What was decided before counts again."""
    services, actor = here.services(), here.actor()
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
    return undo_decision(
        services.database,
        services.central,
        actor,
        decision,
        wanted["why"],
        is_dry=wanted["dry_run"],
        part=part,
    )
