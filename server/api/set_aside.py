"""Batches that were set aside: what each says of itself, trying it again, or letting it be."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Nothing, PageAsked, Strict, words
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_time
from server.fleet.aside import Aside, Retried, keep_aside, list_aside, open_aside, retry
from server.intake.claims import Claim
from sync.errors import Refused

calls = Calls(
    "set_aside", __name__, "Batches that could not be taken in, kept raw until a person has looked."
)
NAMES.update({Retried: "SetAsideRetried"})


@dataclass(frozen=True, slots=True)
class SetAsideTold:
    """A batch that was set aside. log, site: as it says, which nothing proves. seen: when somebody let it be (null: it waits)."""

    number: int
    received: str
    code: str
    detail: str
    log: str
    site: str
    size: int
    seen: str | None
    seen_by: str
    note: str


@dataclass(frozen=True, slots=True)
class ClaimTold:
    """What a batch says of itself: which log from which seq on, how many entries. form: the number of its form."""

    log: str
    form: int
    first: int
    entries: int
    bytes_inflated: int


@dataclass(frozen=True, slots=True)
class SetAsideOpened:
    """A batch in detail. digest: its SHA-256. first: its first bytes, in hex. claim: null for what is no batch at all."""

    batch: SetAsideTold
    digest: str
    first: str
    claim: ClaimTold | None


@dataclass(frozen=True, slots=True)
class SetAsideKept:
    """A batch that somebody looked at, and let be."""

    number: int


class SetAsideAsked(PageAsked):
    """Which batches; without `seen` those that wait."""

    seen = fields.String(load_default="false", validate=validate.OneOf(["true", "false"]))


class KeepWanted(Strict):
    """Why it is let be."""

    note = words(WHY_CHARS_MAX, 1, required=True)


@calls.reads("/set-aside", needs=Right.FLEET, asks=SetAsideAsked, gives=page_shape(SetAsideTold))
def browse(asked: dict[str, Any]) -> Page[SetAsideTold]:
    """Batches of kiosks within your part, the newest first; one that names no kiosk is for whoever has the whole tree."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        is_seen, before = asked["seen"] == "true", behind[0] if behind else 0
        found = list_aside(connection, part, is_seen=is_seen, before=before, limit=limit + 1)
    some = page(found, limit, lambda one: (one.id,))
    return Page([_told(one) for one in some.items], some.next)


@calls.reads("/set-aside/<place:batch>", needs=Right.FLEET, gives=SetAsideOpened)
def one(_asked: dict[str, Any], batch: int) -> SetAsideOpened:
    """A batch in detail: what it says of itself, which nothing proves."""
    with here.reading() as connection:
        found = open_aside(connection, here.part(connection, Right.FLEET), batch)
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这一批 / no such batch")
    claim = None if found.claim is None else _claim(found.claim)
    return SetAsideOpened(_told(found.aside), found.aside.digest.hex(), found.first.hex(), claim)


@calls.acts("/set-aside/<place:batch>/retry", needs=Right.FLEET, takes=Nothing, gives=Retried)
def try_again(_wanted: dict[str, Any], batch: int) -> Retried:
    """Take a batch in as if it came now. What is refused again stays, with the new reason in `code`."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
    by = here.caller().account.username
    return retry(services.database, services.central, part, batch, turn=services.turn, by=by)


@calls.acts(
    "/set-aside/<place:batch>/keep", needs=Right.FLEET, takes=KeepWanted, gives=SetAsideKept
)
def keep(wanted: dict[str, Any], batch: int) -> SetAsideKept:
    """Let a batch be: it stays as it is, and waits no more."""
    services = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
    by = here.caller().account.username
    keep_aside(services.database, services.central, part, batch, note=wanted["note"], by=by)
    return SetAsideKept(batch)


def _told(one: Aside) -> SetAsideTold:
    return SetAsideTold(
        one.id,
        iso_time(one.received_ms),
        one.code,
        one.detail,
        one.log,
        one.site,
        one.size,
        iso_time(one.seen_ms) if one.seen_ms else None,
        one.seen_by,
        one.note,
    )


def _claim(said: Claim) -> ClaimTold:
    return ClaimTold(said.log, said.form, said.first, said.entries, said.bytes_inflated)
