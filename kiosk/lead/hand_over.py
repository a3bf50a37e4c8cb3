"""Hand the kiosk to the next lead: heads counted, and what they should know. At the end of the shift names go."""

from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead import names
from kiosk.lead.notes import require_text
from kiosk.limits import HEADS_MAX
from kiosk.log import Head, appending
from schemas.entry import Handover
from schemas.vocabulary import NUMBER_PATTERN


def hand_over(kiosk: Kiosk, *, by: str, to: str, present: int, text: str, names_go: bool) -> Head:
    """Write the hand-over down. to: "" if nobody takes over now. Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    device.require_enrolment(kiosk.store.db)
    is_sound = not to or fullmatch(NUMBER_PATTERN, to) is not None
    if not is_sound or to == by or not 0 <= present <= HEADS_MAX:
        raise Stopped(Trouble.WRONG_USAGE, "to or present")
    said = require_text(text)
    with appending(kiosk.store, kiosk.clock) as log:
        if names_go:
            names.forget_all(log.db)
        now = log.now
        return log.add(Handover(now.boot, now.mono_ms, now.lead_ms, by, to, present, said))
