"""Scans of the screen: record, undo, turn. Each is answered only once it is on disk."""

from re import fullmatch
from typing import Any

from flask import Blueprint

from kiosk import undo as undoing
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.health import clock_doubts
from kiosk.lead.card import card_for
from kiosk.scan import scan as record
from kiosk.web import asked
from kiosk.web.answer import answer
from kiosk.web.here import here
from kiosk.web.lead.asked import called
from schemas.vocabulary import NUMBER_PATTERN, Direction

scans = Blueprint("scan", __name__)

_DIRECTIONS = {"auto": None, "in": Direction.IN, "out": Direction.OUT}


@scans.post("/api/scan")
def scan() -> dict[str, Any]:
    """Record what a camera or a scanner read, or a number that was typed."""
    fields = asked.body({"text": str, "typed": bool, "direction": str})
    if fields["direction"] not in _DIRECTIONS:
        raise Stopped(Trouble.WRONG_USAGE, "direction")
    text = fields["text"].strip() if fields["typed"] else fields["text"]
    if fields["typed"] and fullmatch(NUMBER_PATTERN, text) is None:
        raise Stopped(Trouble.WRONG_USAGE, "number")
    kiosk = here().kiosk()
    doubts = _doubts(kiosk)  # before it is written: then the last entry is another's
    direction = _DIRECTIONS[fields["direction"]]
    done = record(kiosk, text, direction=direction, is_typed=fields["typed"])
    card = card_for(kiosk.store.db, done.scan)
    return answer(done, doubts, card, called=called(done.scan.who))


@scans.post("/api/undo")
def undo() -> dict[str, Any]:
    """Take a scan back."""
    head = undoing.undo(here().kiosk(), asked.target())
    return {"undone": True, "seq": head.seq}


@scans.post("/api/turn")
def turn() -> dict[str, Any]:
    """Take a scan back and record it the other way round."""
    kiosk = here().kiosk()
    doubts = _doubts(kiosk)
    done = undoing.turn(kiosk, asked.target())
    return answer(done, doubts, called=called(done.scan.who))


def _doubts(kiosk: Kiosk) -> list[str]:
    return clock_doubts(kiosk.store.db, kiosk.clock.read())
