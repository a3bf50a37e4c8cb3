"""A lead enters a scan by hand now, or states when somebody came or left. Both with a reason (E5)."""

from dataclasses import dataclass
from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.clock import Reading
from kiosk.errors import Stopped, Trouble
from kiosk.examine import typed
from kiosk.health import clock_doubts
from kiosk.lead.notes import REMARK, note, require_reason
from kiosk.limits import STATED_AHEAD_MS_MAX, STATED_BACK_MS_MAX
from kiosk.log import Head, Writer, appending
from kiosk.scan import Recorded, add_scan
from kiosk.store import Database
from schemas.entry import Attest
from schemas.vocabulary import NUMBER_PATTERN, Direction

LEAD, PAPER = "lead", "paper"
"""How a lead knows a stated time (`attest.how`)."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Somebody came or left at a time, Unix milliseconds. about: hash of the entry that this completes, or empty."""

    who: str
    direction: Direction
    at_ms: int
    about: bytes = b""


def enter(kiosk: Kiosk, who: str, direction: Direction, *, by: str, reason: str) -> Recorded:
    """Record a scan of this number now; the reason is a note about it.

    Raise `Stopped`: `not_enrolled`, `reason_needed`, `wrong_usage`.
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    why = require_reason(reason)
    _require_number(who)
    with appending(kiosk.store, kiosk.clock) as log:
        done = add_scan(log, typed(who), direction=direction, post=enrolment.post, by=by)
        note(log, REMARK, why, who=who, about=done.head.hash, by=by)
        return done


def state(kiosk: Kiosk, stated: Stated, *, by: str, reason: str) -> Head:
    """Write down what a lead states; the same again changes nothing. Raise as `enter`; `wrong_usage` for a time out of reach."""
    why = require_reason(reason)
    with appending(kiosk.store, kiosk.clock) as log:
        require_sound(stated, log.db, log.now)
        done = add_stated(log, stated, how=LEAD, by=by, reason=why)
        return done or log.head


def require_sound(stated: Stated, db: Database, now: Reading) -> None:
    """Raise `Stopped(wrong_usage)`: no number, or a time ahead of now or long ago. A clock in doubt is no judge of that."""
    _require_number(stated.who)
    earliest, latest = now.wall_ms - STATED_BACK_MS_MAX, now.wall_ms + STATED_AHEAD_MS_MAX
    if not earliest <= stated.at_ms <= latest and not clock_doubts(db, now):
        raise Stopped(Trouble.WRONG_USAGE, "time")


def add_stated(log: Writer, stated: Stated, *, how: str, by: str, reason: str) -> Head | None:
    """Append an attest within the caller's transaction; None if this kiosk has written the very same."""
    key = (stated.who, str(stated.direction), stated.at_ms)
    query = "SELECT 1 FROM stated WHERE who = ? AND direction = ? AND at_ms = ?"
    if log.db.execute(query, key).fetchone() is not None:
        return None
    post = device.require_enrolment(log.db).post
    now = (log.now.boot, log.now.mono_ms, log.now.lead_ms)
    who, direction, at_ms = key
    entry = Attest(*now, direction, who, at_ms, post, how, stated.about, by, reason)
    head = log.add(entry)
    log.db.execute("INSERT INTO stated VALUES (?, ?, ?, ?)", (*key, head.hash))
    return head


def _require_number(who: str) -> None:
    if fullmatch(NUMBER_PATTERN, who) is None:
        raise Stopped(Trouble.WRONG_USAGE, "number")
