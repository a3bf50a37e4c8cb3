"""Settings that a lead changes: at which post this kiosk stands. Each change is a note in the log."""

from dataclasses import dataclass, replace
from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import SETTING, note
from kiosk.log import appending
from kiosk.store import Database
from schemas.vocabulary import NUMBER_PATTERN


@dataclass(frozen=True, slots=True)
class Switched:
    """A lead put this kiosk at `post` of the site, where the centre had said `said`."""

    site: str
    said: str
    post: str


def post_at(db: Database, site: str, said: str) -> str:
    """Give the post at which this kiosk stands: what a lead chose, until the centre says another than it did then."""
    found = device.read(db, "switched", Switched)
    is_as_it_was = found is not None and (found.site, found.said) == (site, said)
    return found.post if found and is_as_it_was else said


def switch_post(kiosk: Kiosk, post: str, *, by: str) -> None:
    """Let this kiosk stand at another post of its site; "" for none. Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    if post and fullmatch(NUMBER_PATTERN, post) is None:
        raise Stopped(Trouble.WRONG_USAGE, "post")
    with appending(kiosk.store, kiosk.clock) as log:
        here = device.require_enrolment(log.db)
        if here.post == post:
            return
        before = device.read(log.db, "switched", Switched)
        is_again = before and (before.site, before.post) == (here.site, here.post)
        said = before.said if before and is_again else here.post
        device.write(log.db, "switched", Switched(here.site, said, post))
        device.write(log.db, "enrolment", replace(here, post=post))
        note(log, SETTING, f"post {here.post or '-'} {post or '-'}", by=by)
