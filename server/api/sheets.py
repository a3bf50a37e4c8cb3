"""Sheets for the field as PDF (a ZIP of several, where one would be too long): sign-in, insured, posts, enrolment, badges."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.fields import Codes, Line, LocalDate, Strict, number
from server.api.files import PDF, ZIP, hand_out
from server.badges.hand_out import badge_sheets, people_meant
from server.books.dates import local_day
from server.limits import (
    API_CODES_MAX,
    BADGES_OF_A_PAGE_MAX,
    DUTY_CARD_CHARS_MAX,
    SERVER_ADDRESS_CHARS_MAX,
    SHEET_POSTS_MAX,
)
from server.sheets.duties import Wanted
from server.sheets.duty_cards import DutyCard
from server.sheets.enrolment import EnrolmentWish
from server.sheets.hand_out import (
    enrolment_sheets,
    foot_of,
    insured_list,
    post_signs,
    sign_in_sheets,
)
from sync.errors import Refused

calls = Calls("sheets", __name__, "Sheets for the field, on A4. Of what is printed nothing stays.")
_PER_PAGE = (1, 4)


class PlaceAsked(Strict):
    """Where and when: at a site, or in a region with all below it; on a local date (today)."""

    site = number(load_default=str)
    region = number(load_default=str)
    day = LocalDate(load_default=None)

    @validates_schema
    def require_place(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse everywhere at once, and two places that may contradict each other."""
        if bool(data["site"]) == bool(data["region"]) and not data.get("shifts"):
            raise ValidationError({"site": ["site or region needed, and only one"]})


class ShiftsAsked(PlaceAsked):
    """Of which shifts: some by code, or those that start on a date at a place."""

    shifts = Codes(data_key="shift")

    @validates_schema
    def require_one_way(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse shifts that are named beside a place or a date."""
        if data["shifts"] and (data["site"] or data["region"] or data["day"] is not None):
            raise ValidationError({"shift": ["shifts, or a place and a date"]})


class CardWanted(Strict):
    """A duty card: what to do at a post, how, and how to protect oneself."""

    post = number(required=True)
    what = Line(DUTY_CARD_CHARS_MAX, load_default=str)
    how = Line(DUTY_CARD_CHARS_MAX, load_default=str)
    protect = Line(DUTY_CARD_CHARS_MAX, load_default=str)


class SignsWanted(PlaceAsked):
    """Signs for posts. cards: the duty cards that go on them; other signs have lines to write on."""

    cards = fields.List(
        fields.Nested(CardWanted),
        load_default=list,
        validate=validate.Length(max=SHEET_POSTS_MAX),
    )


class EnrolmentWanted(Strict):
    """Codes for which sites, or for all of a region. server: the address that kiosks are told."""

    sites = fields.List(number(), load_default=list, validate=validate.Length(max=API_CODES_MAX))
    region = number(load_default=str)
    per_page = fields.Integer(load_default=4, strict=True, validate=validate.OneOf(_PER_PAGE))
    server = Line(SERVER_ADDRESS_CHARS_MAX, load_default=str)

    @validates_schema
    def require_place(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse everywhere at once, and two ways to say where."""
        if bool(data["sites"]) == bool(data["region"]):
            raise ValidationError({"sites": ["sites or region needed, and only one"]})


class BadgesWanted(Strict):
    """Whose badges: of a team, or of some people."""

    team = number(load_default=str)
    people = fields.List(
        number(), load_default=list, validate=validate.Length(max=BADGES_OF_A_PAGE_MAX)
    )

    @validates_schema
    def require_people(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse everybody at once, and two ways to say who."""
        if bool(data["team"]) == bool(data["people"]):
            raise ValidationError({"team": ["team or people needed, and only one"]})


@calls.reads(
    "/sheets/sign-in", needs=Right.UNMASK, asks=ShiftsAsked, gives=(PDF, ZIP), problems=(404, 413)
)
def sign_in(asked: dict[str, Any]) -> Response:
    """Sign-in sheets for when a kiosk cannot be used: names in full, which is noted. Who has no badge is issued one."""
    wanted = _wanted(asked, asked["shifts"])
    made, sheets = sign_in_sheets(here.services(), wanted, _part(Right.UNMASK))
    here.note("sheet", f"sign-in {wanted.about}", made.people)
    return hand_out(sheets)


@calls.reads(
    "/sheets/insured", needs=Right.UNMASK, asks=PlaceAsked, gives=(PDF, ZIP), problems=(404, 413)
)
def insured(asked: dict[str, Any]) -> Response:
    """Who is on shift on a date, and who of them is insured: names in full, which is noted."""
    wanted = _wanted(asked)
    made, sheets = insured_list(here.services(), wanted, _part(Right.UNMASK))
    here.note("sheet", f"insured {wanted.about}", made.people)
    return hand_out(sheets)


@calls.draws("/sheets/posts", needs=Right.FLEET, takes=SignsWanted, gives=(PDF, ZIP))
def posts(wanted: dict[str, Any]) -> Response:
    """A sign for each post, with its duty card, or lines to write one on."""
    cards = {
        each["post"]: DutyCard(each["what"], each["how"], each["protect"])
        for each in wanted["cards"]
    }
    made, signs = post_signs(here.services(), _wanted(wanted), _part(Right.FLEET), cards)
    if made.unknown:
        words = f"没有这些岗位 / no such posts here: {', '.join(made.unknown[:20])}"
        raise Refused(Code.NOT_FOUND, words)
    return hand_out(signs)


@calls.acts("/sheets/enrolment", needs=Right.FLEET, takes=EnrolmentWanted, gives=(PDF, ZIP))
def enrolment(wanted: dict[str, Any]) -> Response:
    """Make a one-use code for a kiosk of each site, and print them. The same request again prints the same codes."""
    there, part = here.services(), _part(Right.FLEET)
    wish = EnrolmentWish(
        tuple(dict.fromkeys(wanted["sites"])),
        wanted["region"],
        wanted["per_page"],
        wanted["server"],
        foot_of(there),
        part,
        here.caller().account.username,
    )
    _, sheets = enrolment_sheets(there, wish)
    return hand_out(sheets)


@calls.draws("/sheets/badges", needs=Right.BADGES, takes=BadgesWanted, gives=(PDF, ZIP))
def badges(wanted: dict[str, Any]) -> Response:
    """Badges as cards, with names in full, which is noted. Who has a badge gets the same one at every print."""
    with here.reading() as connection:
        part = here.part(connection, Right.BADGES)
        people = people_meant(connection, part, numbers=wanted["people"], team=wanted["team"])
    here.note("sheet", f"badges {wanted['team'] or ' '.join(people)}", len(people))
    _, sheets = badge_sheets(here.services(), people)
    return hand_out(sheets)


def _wanted(asked: dict[str, Any], shifts: tuple[str, ...] = ()) -> Wanted:
    day = local_day(here.now_ms()) if asked["day"] is None else asked["day"]
    return Wanted(day, shifts, asked["site"], asked["region"])


def _part(right: Right) -> Part:
    with here.reading() as connection:
        return here.part(connection, right)
