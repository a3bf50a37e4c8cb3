"""A lead gives the PIN. Wrong ones make the next try wait, longer each time, and a restart never shortens that.

The wait is measured by the monotonic clock alone, which nobody sets; after a restart it begins again. A try is counted
before it is looked at, so that pulling the plug wins nothing.
"""

from kiosk.app import Kiosk
from kiosk.clock import Reading
from kiosk.errors import Stopped, Trouble
from kiosk.lead.leads import Lead, read_lead
from kiosk.lead.notes import LEAD, note
from kiosk.lead.pins import unwrap
from kiosk.limits import LEAD_TRIES, LEAD_WAIT_MS, LEAD_WAIT_MS_MAX
from kiosk.log import appending


def unlock(kiosk: Kiosk, who: str, pin: str) -> bytes:
    """Give the key of names. Raise `Stopped`: `wrong_pin` (also for a number that is no lead), `locked` with the seconds left."""
    found = _count(kiosk, who)
    key = unwrap(pin, who, found.wrapped)
    with kiosk.store.write() as db:
        db.execute("UPDATE leads SET failures = 0 WHERE who = ?", (who,))
    return key


def wait_ms(found: Lead, now: Reading) -> int:
    """Give how long this lead has to wait before the next try; 0 for not at all."""
    beyond = found.failures - LEAD_TRIES
    if beyond < 0:
        return 0
    whole_ms: int = min(LEAD_WAIT_MS * 2 ** min(beyond, 16), LEAD_WAIT_MS_MAX)
    waited_ms = now.mono_ms - (found.mono_ms if found.boot == now.boot else 0)
    return max(0, whole_ms - waited_ms)


def _count(kiosk: Kiosk, who: str) -> Lead:
    """Count a try as failed. The one with which waiting begins is noted in the log, for the centre to see."""
    now = kiosk.clock.read()
    with kiosk.store.write() as db:
        found = read_lead(db, who)
        if found is None:
            raise Stopped(Trouble.WRONG_PIN)
        left_ms = wait_ms(found, now)
        if left_ms:
            raise Stopped(Trouble.LOCKED, str(-(-left_ms // 1000)))
        row = (found.failures + 1, now.boot, now.mono_ms, who)
        db.execute("UPDATE leads SET failures = ?, boot = ?, mono_ms = ? WHERE who = ?", row)
    if found.failures + 1 == LEAD_TRIES:
        with appending(kiosk.store, kiosk.clock) as log:
            note(log, LEAD, "locked", who=who, by="")
    return found
