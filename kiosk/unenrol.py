"""End the enrolment of this kiosk: it belongs to no site any more, and records nothing until it is enrolled again.

Everything recorded stays, and so do the keys of its logs; what the centre told it about people goes. Refused while anything is
unsent (I10). Another enrolment must be with the same centre: the log goes on, and is for nobody else.
"""

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.lead import names
from kiosk.lock import only_one
from kiosk.store import SYNC_LOCK
from kiosk.unsent import require_none


def unenrol(kiosk: Kiosk) -> str:
    """Give the site that it belonged to. Raise `Stopped`: `not_enrolled`, `unsent`, `sync_running`."""
    with only_one(kiosk.home / SYNC_LOCK), kiosk.store.write() as db:
        found = device.require_enrolment(db)
        require_none(db)
        device.write(db, device.LEFT, found)
        db.execute("DELETE FROM meta WHERE name = 'enrolment'")
        db.execute("DELETE FROM leads")
        names.forget_all(db)
        view.forget(db)
    return found.site
