"""Service records: lists of them, why each has its minutes, and what a person decides on one."""

from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Connection

from schemas.limits import DECISION_INTERVALS_MAX, DECISION_OTHERS_MAX
from schemas.vocabulary import END, Action, Code
from server.access.part import EVERYTHING
from server.access.roles import Right
from server.accounts.acting import Where
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import (
    LocalDate,
    Minute,
    PageAsked,
    Strict,
    dry_run,
    hash_of,
    nobody_else,
    number,
    why,
)
from server.api.shapes import page_shape
from server.books.actor import Actor
from server.books.browse_records import Listed, Which, browse_records
from server.books.decide import Decided, Reasons, decide
from server.books.draft import Wish
from server.books.explain import Explained, RecordTold, explain, is_number
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.look import Looked, look
from server.books.within import seen_of
from server.people.mask import masked
from sync.errors import Refused

calls = Calls(
    "records", __name__, "Service records: why each has its minutes, and deciding on one."
)


class RecordsAsked(PageAsked):
    """Which records: of a site, of a volunteer, or of a volunteer at a site."""

    site = number(load_default=str)
    volunteer = number(load_default=str)
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)

    @validates_schema
    def require_one(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse a list of everything: it would serve nobody."""
        if not (data["site"] or data["volunteer"]):
            raise ValidationError({"site": ["site or volunteer needed"]})


class PersonAsked(Strict):
    """Which day of a person."""

    day = LocalDate(load_default=None)


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


class DecisionWanted(WishWanted):
    """A decision."""

    second = nobody_else()
    dry_run = dry_run()


@calls.reads("/records", needs=Right.SEE, asks=RecordsAsked, gives=page_shape(Listed))
def browse(asked: dict[str, Any]) -> Page[Listed]:
    """Records in order of when they began."""
    which = Which(asked["site"], asked["volunteer"], Span(asked["first"], asked["last"]))
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = browse_records(connection, part, which, behind, limit + 1)
    placed = page(found, limit, lambda one: one.key)
    return Page([one.record for one in placed.items], placed.next)


@calls.reads("/records/<hash:record>", needs=Right.SEE, gives=RecordTold, has_version=True)
def one(_asked: dict[str, Any], record: str) -> tuple[RecordTold, dict[str, str]]:
    """Why a record has its minutes, down to the entries and their clocks."""
    with here.reading() as connection:
        told = explain(connection, record, part=here.part(connection, Right.SEE))
    here.note("record", told.volunteer, 1)
    [found] = told.records
    return found, tag(found.seen)


@calls.reads(
    "/people/<number:volunteer>/records", needs=Right.SEE, asks=PersonAsked, gives=Explained
)
def of_person(asked: dict[str, Any], volunteer: str) -> Explained:
    """Everything of a volunteer, or of one day of theirs, explained. The name is masked."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        if not is_number(connection, volunteer):
            raise Refused(Code.NOT_FOUND)
        told = explain(connection, volunteer, asked["day"], part=part)
    here.note("person", told.volunteer, 1)
    return replace(told, name=masked(told.name or ""))


@calls.acts(
    "/records/<hash:record>/decisions",
    needs=Right.DECIDE,
    takes=DecisionWanted,
    gives=Decided,
    is_based=True,
)
def settle(wanted: dict[str, Any], record: str) -> tuple[Decided, dict[str, str]]:
    """Decide on a record, or (`dry_run`) say what that would do. `If-Match`: the `ETag` of the record."""
    wish = wish_of(wanted, record)
    services = here.services()
    with here.reading() as connection:
        _, actor = look_at(connection, wish.number, wish.record)
        part = here.part(connection, Right.DECIDE)
    done = decide(
        services.database,
        services.central,
        actor,
        wish,
        Reasons(wanted["why"], "", seen()),
        is_dry=wanted["dry_run"],
        part=part,
    )
    return done, tag(done.seen)


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
