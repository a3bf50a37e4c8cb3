"""Now: who is on duty where, against what is needed, with the last contact of each site's kiosks. Names are masked."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.coverage import PostDayTold, post_day
from server.api.cursors import Page, after, page
from server.api.fields import Minute, PageAsked, Strict, number, words
from server.api.kiosks import KioskTold
from server.api.kiosks import told as kiosk_told
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_date, iso_time, local_day
from server.limits import SEARCH_CHARS_MAX
from server.now.ground import Wanted, looked_for
from server.now.kept import read_picture
from server.now.on_duty import OnDuty
from server.now.one_site import OneSite, read_site
from server.now.sites import Ask, SiteNow
from server.now.totals import Totals, add_up
from sync.errors import Refused

calls = Calls("now", __name__, "Who is on duty where, against what is needed.")
NAMES.update({Totals: "NowTotals"})


@dataclass(frozen=True, slots=True)
class NowTold:
    """How the sites asked for stand together. at: as of when."""

    at: str
    totals: Totals


@dataclass(frozen=True, slots=True)
class SiteStands:
    """A site just now. short: people missing, post by post; over: people beyond what posts hold (`capacity`, null: unknown).

    contact: the newest hello of its kiosks. as_of: before it everything of all of them is in. blind: what happens there may go
    unseen. latitude_e6, longitude_e6: millionths of a degree.
    """

    site: str
    name: str
    kind: str
    region: str
    latitude_e6: int | None
    longitude_e6: int | None
    people: int
    needed: int
    short: int
    over: int
    capacity: int | None
    kiosks: int
    contact: str | None
    as_of: str | None
    blind: bool


@dataclass(frozen=True, slots=True)
class PersonOnDuty:
    """Somebody on duty. name: masked. post: "" where the kiosk did not say which."""

    volunteer: str
    name: str
    post: str
    came: str


@dataclass(frozen=True, slots=True)
class SiteDayTold:
    """A site at a moment and over its date. more: there are more people than are listed."""

    site: str
    name: str
    at: str
    day: str
    people: list[PersonOnDuty]
    more: bool
    posts: list[PostDayTold]
    kiosks: list[KioskTold]


class NowAsked(Strict):
    """Which sites: of a region with all below it, by code or name."""

    region = number(load_default=str)
    q = words(SEARCH_CHARS_MAX, load_default=str)


class SitesAsked(PageAsked):
    """Which sites, and in which order: by code, those that lack most people first, or those with most people first."""

    region = number(load_default=str)
    q = words(SEARCH_CHARS_MAX, load_default=str)
    state = fields.String(
        load_default=str, validate=validate.OneOf([ask.value for ask in Ask if ask.value])
    )
    sort = fields.String(load_default="code", validate=validate.OneOf(["code", "short", "people"]))


class MomentAsked(Strict):
    """Which moment; now, if none is named. What lies ahead is now."""

    at = Minute(load_default=None)


@calls.reads("/now", needs=Right.SEE, asks=NowAsked, gives=NowTold)
def totals(asked: dict[str, Any]) -> NowTold:
    """How all sites of your part, or of a region, stand together."""
    with here.reading() as connection:
        made_ms, sites = _sites(connection, asked)
    return NowTold(iso_time(made_ms), add_up(sites))


@calls.reads("/now/sites", needs=Right.SEE, asks=SitesAsked, gives=page_shape(SiteStands))
def browse(asked: dict[str, Any]) -> Page[SiteStands]:
    """Each site with its people against what is needed; the picture is some seconds old at most."""
    behind, limit = after(asked), asked["limit"]

    def place(one: SiteNow) -> tuple[int, str]:
        figure = {"short": one.short, "people": one.people}.get(asked["sort"], 0)
        return -figure, one.site.code

    with here.reading() as connection:
        _, sites = _sites(connection, asked)
    fitting = sorted((one for one in sites if one.fits(Ask(asked["state"]))), key=place)
    rest = [one for one in fitting if behind is None or place(one) > tuple(behind)]
    some = page(rest[: limit + 1], limit, place)
    return Page([_stands(one) for one in some.items], some.next)


@calls.reads("/now/sites/<number:site>", needs=Right.SEE, asks=MomentAsked, gives=SiteDayTold)
def one(asked: dict[str, Any], site: str) -> SiteDayTold:
    """Who was on duty at a site at a moment, how its posts were covered over that date, and its kiosks."""
    now = here.now_ms()
    at = now if asked["at"] is None else min(asked["at"] * 60_000, now)
    day = local_day(at)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_site(connection, part, site, day=day, at_ms=at, now_ms=now)
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这个站点 / no such site")
    return SiteDayTold(
        found.site.code,
        found.site.name,
        iso_time(at),
        iso_date(day),
        [_person(each, found) for each in found.people],
        found.is_more,
        [post_day(each) for each in found.days],
        [kiosk_told(each) for each in found.kiosks],
    )


def _sites(connection: Connection, asked: dict[str, Any]) -> tuple[int, list[SiteNow]]:
    """Give the sites asked for, and when they stood so."""
    part = here.part(connection, Right.SEE)
    picture = read_picture(connection, part, here.now_ms())
    is_wanted = looked_for(connection, Wanted(asked["region"], asked["q"]))
    return picture.made_ms, [one for one in picture.sites if is_wanted(one.site)]


def _stands(one: SiteNow) -> SiteStands:
    latitude, longitude = one.site.place or (None, None)
    return SiteStands(
        one.site.code, one.site.name, one.site.kind, one.site.region, latitude, longitude,
        one.people, one.needed, one.short, one.over, one.capacity, one.kiosks,
        iso_time(one.contact_ms) if one.contact_ms else None,
        iso_time(one.as_of_ms) if one.as_of_ms else None,
        one.is_blind,
    )  # fmt: skip


def _person(one: OnDuty, found: OneSite) -> PersonOnDuty:
    return PersonOnDuty(one.who, found.names.get(one.who, ""), one.post, iso_time(one.in_ms))
