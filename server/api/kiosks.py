"""Kiosks and their logs: how each stands, confirming one that succeeds another, revoking a lost one, codes for new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.limits import SAFE_INTEGER_MAX, WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Minute, PageAsked, Strict, dry_run, hash_of, number, words
from server.api.shapes import page_shape
from server.books.dates import iso_time
from server.fleet.chosen import Chosen, Trouble, choose_kiosks
from server.fleet.codes import note_codes
from server.fleet.kiosks import Kiosk, KioskState
from server.intake import revoke_log as revoking
from server.intake.confirm import Confirmed, confirm
from server.intake.enrol import make_codes
from server.intake.place import enrolled_at, place_of
from server.limits import API_CODES_MAX, SEARCH_CHARS_MAX
from sync.errors import Refused

calls = Calls("kiosks", __name__, "Kiosks, their logs, and codes to enrol new ones.")


@dataclass(frozen=True, slots=True)
class KioskTold:
    """A log of a kiosk. state: `pending`, `silent`, `never`, `current`, `revoked` or `ended`; contact: its last hello.

    as_of: before it everything is in. announced: the highest seq that it spoke of. health: what it said of itself. silent: since
    when it is missed (null: it is not).
    """

    log: str
    site: str
    post: str
    state: str
    contact: str | None
    as_of: str | None
    announced: int
    software: str
    health: dict[str, int]
    succeeds: str
    followers: list[str]
    site_name: str
    silent: str | None


@dataclass(frozen=True, slots=True)
class Revoked:
    """Up to where a log stands. entries: held ones; scans, people: among them. already: it was revoked there before."""

    log: str
    site: str
    seq: int
    hash: str
    entries: int
    scans: int
    people: int
    already: bool


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A one-use code. It is told once: only the hash of its secret is kept."""

    site: str
    code: str


@dataclass(frozen=True, slots=True)
class EnrolmentCodes:
    """Codes, in the order of the sites asked for."""

    codes: list[EnrolmentCode]


class KiosksAsked(PageAsked):
    """Which kiosks. region: with all below it. q: in the code or name of the site."""

    state = fields.String(
        load_default=None, validate=validate.OneOf([state.value for state in KioskState])
    )
    site = number(load_default=str)
    region = number(load_default=str)
    q = words(SEARCH_CHARS_MAX, load_default=str)
    trouble = fields.String(
        load_default=None, validate=validate.OneOf([trouble.value for trouble in Trouble])
    )


class ConfirmWanted(Strict):
    """A confirmation. site: where the log belongs; without it, where the log does that it succeeds."""

    site = number(load_default=str)


class RevokeWanted(Strict):
    """A revocation. lost: when the device was lost. seq: the last entry that stands; without it, the last contact before.

    hash: that entry's, where there are two with this seq, or none has come in yet.
    """

    lost = Minute(required=True)
    seq = fields.Integer(
        load_default=None, strict=True, validate=validate.Range(min=0, max=SAFE_INTEGER_MAX)
    )
    hash = hash_of(load_default=None)
    reason = words(WHY_CHARS_MAX, 1, required=True)
    dry_run = dry_run()


class CodesWanted(Strict):
    """Codes, one for each site named."""

    sites = fields.List(number(), required=True, validate=validate.Length(min=1, max=API_CODES_MAX))


@calls.reads("/kiosks", needs=Right.SEE, asks=KiosksAsked, gives=page_shape(KioskTold))
def browse(asked: dict[str, Any]) -> Page[KioskTold]:
    """Kiosks by site and log."""
    behind, limit = after(asked), asked["limit"]
    chosen = Chosen(
        asked["state"] or "", asked["site"], asked["region"], asked["q"], asked["trouble"] or ""
    )
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = choose_kiosks(connection, part, chosen, here.now_ms())
    rest = [k for k in found if behind is None or (k.site, k.log) > tuple(behind)]
    some = page(rest[: limit + 1], limit, lambda kiosk: (kiosk.site, kiosk.log))
    return Page([told(kiosk) for kiosk in some.items], some.next)


@calls.acts("/logs/<log:log>/confirm", needs=Right.FLEET, takes=ConfirmWanted, gives=Confirmed)
def confirm_log(wanted: dict[str, Any], log: str) -> Confirmed:
    """Confirm a pending log: its entries count from now on. Doing it again changes nothing."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        _require_log(connection, part, log)
        _require_sites(part, [wanted["site"]] if wanted["site"] else [])
    by = here.caller().account.username
    return confirm(services.database, services.central, log, site=wanted["site"], by=by)


@calls.acts("/logs/<log:log>/revoke", needs=Right.FLEET, takes=RevokeWanted, gives=Revoked)
def revoke_log(wanted: dict[str, Any], log: str) -> Revoked:
    """Revoke the log of a lost kiosk at an entry, or (`dry_run`) say what that would hold. Nothing is deleted."""
    services = here.services()
    with here.reading() as connection:
        _require_log(connection, here.part(connection, Right.FLEET), log)
    wish = revoking.Wish(
        log,
        wanted["lost"] * 60_000,
        wanted["reason"],
        here.caller().account.username,
        wanted["seq"],
        bytes.fromhex(wanted["hash"]) if wanted["hash"] else None,
    )
    do = revoking.preview if wanted["dry_run"] else revoking.revoke_log
    done = do(services.database, services.central, wish)
    return Revoked(
        done.log, done.site, done.seq, done.hash.hex(), done.entries, done.scans, done.people, done.already
    )  # fmt: skip


@calls.acts(
    "/enrolment-codes", needs=Right.FLEET, takes=CodesWanted, gives=EnrolmentCodes, status=201
)
def make(wanted: dict[str, Any]) -> EnrolmentCodes:
    """Make one-use codes with which kiosks enrol at these sites: all of them, or none."""
    services = here.services()
    with here.reading() as connection:
        _require_sites(here.part(connection, Right.FLEET), wanted["sites"])
    by = here.caller().account.username
    made = make_codes(services.database, services.signer, wanted["sites"], by)
    note_codes(services.database, services.central, wanted["sites"], by=by)
    pairs = zip(wanted["sites"], made, strict=True)
    return EnrolmentCodes([EnrolmentCode(site, code.text()) for site, code in pairs])


def _require_log(connection: Connection, part: Part, log: str) -> None:
    """Refuse (`unknown_log`) a log that belongs to no site within the part."""
    place = enrolled_at(connection, log) or place_of(connection, log)
    if not part.is_all and (place is None or not part.has_site(place.site)):
        raise Refused(Code.UNKNOWN_LOG)


def _require_sites(part: Part, sites: Sequence[str]) -> None:
    if not all(part.has_site(site) for site in sites):
        raise Refused(Code.NOT_FOUND, "没有这个站点 / no such site")


def told(kiosk: Kiosk) -> KioskTold:
    """Tell how a kiosk stands."""
    return KioskTold(
        kiosk.log,
        kiosk.site,
        kiosk.post,
        kiosk.state,
        iso_time(kiosk.contact_ms) if kiosk.contact_ms else None,
        None if kiosk.as_of_ms is None else iso_time(kiosk.as_of_ms),
        kiosk.announced,
        kiosk.software,
        dict(kiosk.health),
        kiosk.succeeds,
        list(kiosk.followers),
        kiosk.site_name,
        iso_time(kiosk.silent_ms) if kiosk.silent_ms else None,
    )
