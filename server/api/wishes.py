"""What somebody wants to be decided on a record: how it is written, and as whom they look at the record."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.limits import DECISION_INTERVALS_MAX, DECISION_OTHERS_MAX
from schemas.vocabulary import END, Action, Code
from server.access.part import EVERYTHING
from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.fields import Minute, Strict, hash_of, number, why
from server.books.decisions.actor import Actor
from server.books.decisions.draft import Wish
from server.books.review.look import Looked, look
from server.books.within import seen_of
from sync.errors import Refused


class Stretch(Strict):
    """A stretch of time: [since, until). In `attest` one of the two is left out: what the record has stands."""

    since = Minute(load_default=None, allow_none=True)
    until = Minute(load_default=None, allow_none=True)


class WishWanted(Strict):
    """What is to be decided. credit: for adjust, split and attest. others: records to join, or to refuse for this one."""

    volunteer = number(required=True)
    action = fields.String(
        required=True, validate=validate.OneOf([a.value for a in Action if a is not Action.UNDO])
    )
    credit = fields.List(
        fields.Nested(Stretch),
        load_default=list,
        validate=validate.Length(max=DECISION_INTERVALS_MAX),
    )
    others = fields.List(
        hash_of(), load_default=list, validate=validate.Length(max=DECISION_OTHERS_MAX)
    )
    settles = fields.String(
        load_default=str, validate=validate.Regexp(rf"^(?:[A-Z][0-9]{{1,2}})?{END}")
    )
    why = why()


def wish_of(wanted: dict[str, Any], record: str) -> Wish:
    """Give what somebody wants to be decided on a record."""
    spans = tuple((each["since"], each["until"]) for each in wanted["credit"])
    return Wish(
        wanted["volunteer"],
        record,
        Action(wanted["action"]),
        spans,
        tuple(wanted["others"]),
        wanted["settles"],
    )


def look_at(connection: Connection, number: str, record: str) -> tuple[Looked, Actor]:
    """Look at a record that the account sees, as who decides on it.

    Raise `Refused`: `not_found`; `no_right` for who may look at most; `number_needed`.
    """
    looked = look(connection, here.sight(connection), number, record)
    if looked is None:
        raise _out_of_reach(connection, number, record)
    where = Where(looked.site, looked.team, looked.region)
    return looked, here.acting(connection, Right.DECIDE, where)


def _out_of_reach(connection: Connection, number: str, record: str) -> Refused:
    """Say why nothing can be decided: somebody within served elsewhere, and their record is theirs to see; or it is not there."""
    beyond = look(connection, EVERYTHING, number, record)
    if beyond is not None:
        seen_here = seen_of(connection, here.sight(connection), beyond.now)
        if seen_here.has_record(beyond.entry) or (beyond.lone and seen_here.has_scan(beyond.lone)):
            return Refused(Code.NO_RIGHT, f"takes the right {Right.DECIDE} over {beyond.site}")
    return Refused(Code.NOT_FOUND, "没有这条记录 / no such record")
