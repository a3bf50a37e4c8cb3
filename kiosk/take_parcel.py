"""Take a parcel in, by whatever route it came: the one door to the view. It proves itself, and an old one changes nothing.

What is taken only ever goes on: within an epoch by number, from one epoch to another by the server's signed time or, in a
conversation, by the epoch that the server has just proved for our nonce.
"""

from dataclasses import replace

from kiosk import device, fill, owed, reserve
from kiosk.lead.settle import post_at
from kiosk.store import Database, Store
from kiosk.view import Standing, apply_rows, followed, stand, standings, stored
from schemas.vocabulary import Code
from sync import parcel
from sync.errors import Refused
from sync.parcel import Group, Page, Place
from sync.view_rows import checked


def take_parcel(store: Store, wire: bytes, *, epoch: str = "") -> bool:
    """Take in a page or a place that the server of enrolment signed; tell whether it changed anything. Holds the sync lock.

    epoch: the one that the server has proved just now ("" on other routes). Raise `Refused` (as `sync.parcel.unpack`, and
    `unknown_log`, `bad_field`), `Stopped(not_enrolled)`.
    """
    key = device.require_enrolment(store.db).server_key
    return take_word(store, parcel.unpack(wire, server_key=key), epoch=epoch)


def take_word(store: Store, word: parcel.Word, *, epoch: str = "") -> bool:
    """Take in what `sync.parcel` has read and proved; as `take_parcel`."""
    if isinstance(word, Place):
        return _take_place(store, word, epoch)
    if isinstance(word, Page):
        return _take_page(store, word, epoch)
    raise Refused(Code.MALFORMED, "not for a kiosk")


def _take_place(store: Store, place: Place, epoch: str) -> bool:
    identity = device.require_identity(store)
    if place.log != identity.log:
        raise Refused(Code.UNKNOWN_LOG, "the place of another log")
    if epoch and place.epoch != epoch:
        raise Refused(Code.STALE_PROOF, "of another epoch")
    with store.write() as db:
        here = device.require_enrolment(db)
        said_ms = device.read(db, "place_ms", int) or 0
        if place.server_ms < said_ms and not epoch:
            return False
        device.write(db, "place_ms", place.server_ms)
        name = here.site_name if here.site == place.site else ""
        post = post_at(db, place.site, place.post)
        there = replace(here, site=place.site, site_name=name, post=post)
        if there == here:
            return False
        device.write(db, "enrolment", there)
    return True


def _take_page(store: Store, page: Page, epoch: str) -> bool:
    if page.channel not in followed(store.db):
        return False
    have = standings(store.db).get(page.channel)
    if not _is_news(page, have, epoch):
        return False
    if have is not None and page.is_snapshot and reserve.is_given_up(store.home):
        return False  # put off: a whole view anew would take the room that was given up for scans
    groups = [group for group in (checked(page.channel, g) for g in page.groups) if group]
    if page.is_snapshot:
        return fill.gather(store, page, groups, by_courier=not epoch)
    with store.write() as db:
        _apply(db, page, groups)
    return True


def _is_news(page: Page, have: Standing | None, epoch: str) -> bool:
    """Tell whether a page goes on from what is here: never back to what was, whoever brings it again."""
    if epoch and page.epoch != epoch:
        return False
    if have is None:
        return page.is_snapshot
    if page.epoch == have.epoch:
        return page.after <= have.number < page.number
    return page.is_snapshot and (bool(epoch) or page.server_ms > have.server_ms)


def _apply(db: Database, page: Page, groups: list[Group]) -> None:
    for group in groups:
        apply_rows(db, *stored(group))
    owed.settle(db)
    stand(db, page.channel, Standing(page.epoch, page.number, page.server_ms))
    fill.forget(db, page.channel)
