"""Ask for the next page of what concerns this kiosk, and take it in."""

import structlog

from kiosk import fill
from kiosk.doors import Doors
from kiosk.errors import Stopped
from kiosk.store import Store
from kiosk.take_parcel import take_parcel
from kiosk.view import standings
from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from sync.ids import LogId
from sync.steps import Pull

_log = structlog.get_logger("kiosk.sync")


def pull(store: Store, doors: Doors, log: LogId, nonce: bytes, wish: Pull) -> bool:
    """Ask once; tell whether there is more to ask for. Raise `Stopped`: `not_our_server` for what this server did not sign."""
    before = _position(store, wish)
    wire = doors.pull(_ask(store, log, nonce, wish))
    try:
        take_parcel(store, wire, epoch=wish.epoch)
    except Refused as error:
        raise Stopped(Code.NOT_OUR_SERVER, f"view: {error.code}") from error
    after = _position(store, wish)
    _log.info("page_taken", channel=wish.channel, number=after[1], part=after[3])
    is_there = after[0] == wish.epoch and after[1] >= wish.number
    return not is_there and after != before


def _position(store: Store, wish: Pull) -> tuple[str, int, int, int]:
    """Give how far the view has come in a channel, and the part it wants of a snapshot."""
    have = standings(store.db).get(wish.channel)
    next_part = fill.wanted(store.db, wish.channel, wish.epoch)
    return (have.epoch, have.number, *next_part) if have else ("", 0, *next_part)


def _ask(store: Store, log: LogId, nonce: bytes, wish: Pull) -> str:
    epoch, number, staged, part = _position(store, wish)
    return statement.write(
        "pull",
        log=log,
        nonce=nonce,
        server_ms=wish.server_ms,
        proof=wish.proof,
        channel=wish.channel,
        epoch=epoch,
        number=number,
        staged=staged,
        part=part,
    )
