"""The key to which the centre seals the names of the site's people: it follows from the key of names, which a lead's PIN opens.

It is announced in the log, once, by whoever has the enrolment code in hand: the code alone proves it to the centre.
"""

import hmac
from dataclasses import dataclass

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.lead.notes import note
from kiosk.lead.session import Session
from kiosk.limits import NAMES_AWAITED_MS_MAX
from kiosk.log import Writer, appending
from kiosk.store import Database
from schemas.vocabulary import Code
from sync import site_names
from sync.enrolment import EnrolmentCode

ASKED = "names_asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """When the last key was announced, and which."""

    public: str
    wall_ms: int


def require_own(enrolment: device.Enrolment, code: EnrolmentCode) -> None:
    """Raise `Stopped(bad_code)` for a code that this kiosk was not enrolled with."""
    if not hmac.compare_digest(enrolment.code.encode(), device.code_hash(code).encode()):
        raise Stopped(Code.BAD_CODE)


def announce(log: Writer, code: EnrolmentCode, key: bytes, *, by: str) -> None:
    """Write the note that announces the key of names, within the caller's transaction."""
    said = site_names.announce(code, key)
    note(log, site_names.TOPIC, said.text, by=by)
    device.write(log.db, ASKED, Asked(said.public.hex(), log.now.wall_ms))


def are_awaited(db: Database, now_ms: int) -> bool:
    """Tell whether names were asked for a short while ago and did not come yet: then the next sync should not be long in coming.

    The one that delivers the key has asked before what there is to pull, and a centre may not know of names at all.
    """
    asked = device.read(db, ASKED, Asked)
    if asked is None or not 0 <= now_ms - asked.wall_ms <= NAMES_AWAITED_MS_MAX:
        return False
    told = db.execute("SELECT 1 FROM name_keys WHERE public = ?", (asked.public,))
    return told.fetchone() is None


def ask_for_names(kiosk: Kiosk, session: Session, code: EnrolmentCode) -> None:
    """Announce the key of a kiosk that has leads already. Raise `Stopped`: `not_enrolled`, `bad_code`."""
    require_own(device.require_enrolment(kiosk.store.db), code)
    with appending(kiosk.store, kiosk.clock) as log:
        announce(log, code, session.key, by=session.who)
