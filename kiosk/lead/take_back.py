"""A lead takes an entry back, with a reason: at once it never was, later it counts and waits for a person (RULES, Void)."""

from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import require_reason
from kiosk.limits import UNDO_MS_MAX
from kiosk.log import Head, appending, entry_at, hash_at
from kiosk.undo import Target
from schemas.entry import Attest, Scan, Void


def take_back(kiosk: Kiosk, target: Target, *, by: str, reason: str) -> Head:
    """Void a scan or an attest of the log that goes on.

    Raise `Stopped`: `reason_needed`, `wrong_usage`; `not_there` for anything else than a scan or attest of that log.
    """
    why = require_reason(reason)
    with appending(kiosk.store, kiosk.clock) as log:
        entry = entry_at(log.db, log.identity, target.seq)
        is_named = log.identity.log == target.log and isinstance(entry, Scan | Attest)
        if not is_named or hash_at(log.db, log.identity, target.seq) != target.hash:
            raise Stopped(Trouble.NOT_THERE)
        now = log.now
        if isinstance(entry, Scan | Attest):
            is_fresh = entry.boot == now.boot and now.mono_ms - entry.mono_ms <= UNDO_MS_MAX
            if is_fresh and isinstance(entry, Scan):
                log.take_out(target.seq, entry.who)
            if is_fresh and isinstance(entry, Attest):
                log.db.execute("DELETE FROM stated WHERE hash = ?", (target.hash,))
        stamp = (now.boot, now.mono_ms, now.lead_ms)
        return log.add(Void(*stamp, target.seq, target.hash, by, why))
