"""Gear that is handed out and comes back: who still has what, by this kiosk's own entries."""

from dataclasses import dataclass
from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import require_text
from kiosk.limits import GEAR_COUNT_MAX, GEAR_ITEM_CHARS_MAX, GEAR_ROWS_MAX
from kiosk.log import Head, appending
from kiosk.store import Database
from schemas.entry import Handout
from schemas.vocabulary import NUMBER_PATTERN


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody still has."""

    who: str
    item: str
    count: int


def hand_out(kiosk: Kiosk, who: str, item: str, count: int, *, by: str) -> Head:
    """Write down gear handed out, or returned (count below 0). Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    device.require_enrolment(kiosk.store.db)
    thing = require_text(item)
    is_sound = 0 < abs(count) <= GEAR_COUNT_MAX and 0 < len(thing) <= GEAR_ITEM_CHARS_MAX
    if not is_sound or fullmatch(NUMBER_PATTERN, who) is None:
        raise Stopped(Trouble.WRONG_USAGE, "who, item or count")
    with appending(kiosk.store, kiosk.clock) as log:
        _count(log.db, who, thing, count)
        now = log.now
        return log.add(Handout(now.boot, now.mono_ms, now.lead_ms, who, thing, count, by))


def held(db: Database) -> list[Held]:
    """Give who still has what, by number."""
    rows = db.execute(
        "SELECT who, item, count FROM gear WHERE count > 0 ORDER BY who, item LIMIT ?",
        (GEAR_ROWS_MAX,),
    )
    return [Held(*row) for row in rows]


def _count(db: Database, who: str, item: str, count: int) -> None:
    """More that comes back than went out here was handed out elsewhere: it is no debt."""
    db.execute(
        """INSERT INTO gear VALUES (?1, ?2, max(0, ?3))
           ON CONFLICT (who, item) DO UPDATE SET count = max(0, count + ?3)""",
        (who, item, count),
    )
    db.execute("DELETE FROM gear WHERE count = 0")
