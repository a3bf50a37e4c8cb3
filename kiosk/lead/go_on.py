"""A lead was warned about somebody who signed in, and lets them go on duty, with a reason."""

from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import WARNED, note, require_reason
from kiosk.log import Head, appending, entry_at, hash_at
from kiosk.undo import Target
from schemas.entry import Scan


def go_on(kiosk: Kiosk, target: Target, *, by: str, reason: str) -> Head:
    """Write the reason down, about the scan. Raise `Stopped`: `reason_needed`, `wrong_usage`, `not_there`."""
    why = require_reason(reason)
    with appending(kiosk.store, kiosk.clock) as log:
        entry = entry_at(log.db, log.identity, target.seq)
        is_named = isinstance(entry, Scan) and target.log == log.identity.log
        if not is_named or hash_at(log.db, log.identity, target.seq) != target.hash:
            raise Stopped(Trouble.NOT_THERE)
        who = entry.who if isinstance(entry, Scan) else ""
        return note(log, WARNED, why, who=who, about=target.hash, by=by)
