"""Messages to the leads at sites: shown on the screens of their kiosks until they end or are taken back."""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.limits import MESSAGE_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Nothing, PageAsked, Strict, number, words
from server.api.shapes import page_shape
from server.books.dates import DAY_MS, iso_time, local_day
from server.fleet.tell import find, sites_told, take_back, tell
from server.intake.messages import Message, lasting
from server.limits import MESSAGE_DAYS_MAX, SITES_AT_ONCE_MAX
from server.now.ground import Wanted
from sync.errors import Refused

calls = Calls("messages", __name__, "What the leads at sites are told on the screens of kiosks.")


@dataclass(frozen=True, slots=True)
class MessageTold:
    """A message that holds. message: what it is taken back by. by: the account that wrote it."""

    message: str
    site: str
    text: str
    written: str
    until: str
    by: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    """At which sites it is told. written: at how many of them it was not told before."""

    sites: list[str]
    written: int


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """A message that was taken back: kiosks stop showing it at their next contact."""

    message: str
    site: str


class MessagesAsked(PageAsked):
    """Which messages."""

    site = number(load_default=str)


class MessageWanted(Strict):
    """A message to sites, by code or by region (with all below it). days: how long it holds."""

    sites = fields.List(number(), validate=validate.Length(min=1, max=SITES_AT_ONCE_MAX))
    region = number()
    text = words(MESSAGE_CHARS_MAX, 1, required=True)
    days = fields.Integer(
        load_default=1, strict=True, validate=validate.Range(min=1, max=MESSAGE_DAYS_MAX)
    )

    @validates_schema
    def require_place(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse a message to nobody, and one to both."""
        if ("sites" in data) == ("region" in data):
            raise ValidationError({"sites": ["either sites or region"]})


@calls.reads("/messages", needs=Right.FLEET, asks=MessagesAsked, gives=page_shape(MessageTold))
def browse(asked: dict[str, Any]) -> Page[MessageTold]:
    """Messages that hold at sites within your part, by site and age."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        sites = None if part.is_all else part.sites
        held = lasting(connection, here.now_ms(), sites)
    wanted = [one for one in held if asked["site"] in ("", one.site)]
    rest = [one for one in wanted if behind is None or _key(one) > tuple(behind)]
    some = page(rest[: limit + 1], limit, _key)
    return Page([_told(one) for one in some.items], some.next)


@calls.acts("/messages", needs=Right.FLEET, takes=MessageWanted, gives=MessageSent, status=201)
def send(wanted: dict[str, Any]) -> MessageSent:
    """Tell something at sites: at all of them, or at none. What says the same there already is not repeated."""
    services, now = here.services(), here.now_ms()
    asked = Wanted(region=wanted["region"]) if "region" in wanted else Wanted(sites=wanted["sites"])
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        sites = sites_told(connection, part, local_day(now), asked)
    written = tell(
        services.database,
        services.central,
        part,
        sites,
        wanted["text"],
        until_ms=now + wanted["days"] * DAY_MS,
        by=here.caller().account.username,
    )
    return MessageSent(sites, written)


@calls.acts("/messages/<key:message>/end", needs=Right.FLEET, takes=Nothing, gives=MessageEnded)
def end(_wanted: dict[str, Any], message: str) -> MessageEnded:
    """Take a message back. One that holds no more, or is of elsewhere, is not found."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        found = find(connection, part, message, here.now_ms())
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这条通知 / no such message")
    by = here.caller().account.username
    take_back(services.database, services.central, part, message, by=by)
    return MessageEnded(message, found.site)


def _key(one: Message) -> tuple[str, int, bytes]:
    return one.site, one.at_ms, one.hash


def _told(one: Message) -> MessageTold:
    return MessageTold(
        one.key, one.site, one.text, iso_time(one.at_ms), iso_time(one.until_ms), one.by
    )
