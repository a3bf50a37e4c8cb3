"""Say how far the log reaches, into a file that leaves this kiosk: by stick alone, too, dates of its site become complete.

A sync says it behind its anchor (`syncer.py`). Until when it holds the centre derives from the anchors of this boot, and believes
none of a boot without one.
"""

import sqlcipher3.dbapi2 as sqlite
import structlog

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Trouble
from kiosk.faults import fault_of
from kiosk.limits import FRONTIER_AGAIN_MS
from kiosk.log import appending, entry_at, read_head
from schemas.entry import Frontier
from sync.contact import frontier_entry

_log = structlog.get_logger("kiosk.export")
_UNWRITABLE = (Trouble.DISK_FULL, Trouble.READ_ONLY)


def say_reach(kiosk: Kiosk, *, again_ms: int = FRONTIER_AGAIN_MS) -> None:
    """Append a frontier, unless the log ends in one of just now: trying again because a stick was full adds nothing.

    again_ms: how long one is of just now.

    A disk that takes nothing more holds no file up: what is on it can be rescued still.
    """
    if _is_said(kiosk, again_ms):
        return
    try:
        with appending(kiosk.store, kiosk.clock) as log:
            now = log.now
            entry = frontier_entry(
                log.head.seq, boot=now.boot, mono_ms=now.mono_ms, lead_ms=now.lead_ms
            )
            log.add(entry)
    except sqlite.Error as error:
        fault = fault_of(error)
        if fault is None or fault.code not in _UNWRITABLE:
            raise
        _log.warning("frontier_left_out", code=fault.code)


def _is_said(kiosk: Kiosk, again_ms: int) -> bool:
    """Tell whether the last entry is a frontier of this boot and of just now."""
    db, now = kiosk.store.db, kiosk.clock.read()
    identity = device.read_identity(db)
    last = None if identity is None else entry_at(db, identity, read_head(db, identity).seq)
    if not isinstance(last, Frontier) or last.boot != now.boot:
        return False
    return now.mono_ms - last.mono_ms < again_ms
