"""Service records: lists of them, why each has its minutes, and what a person decides on one."""

from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import (
    LocalDate,
    PageAsked,
    Strict,
    dry_run,
    nobody_else,
    number,
)
from server.api.shapes import page_shape
from server.api.wishes import WishWanted, look_at, wish_of
from server.books.decisions.decide import Decided, Reasons, decide
from server.books.explain.explain import explain, is_number
from server.books.explain.told import Explained, RecordTold
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.review.browse_records import Listed, Which, browse_records
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
