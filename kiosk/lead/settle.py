"""Settings that a lead changes: at which post this kiosk stands. Each change is a note in the log."""

from dataclasses import replace
from re import fullmatch

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.notes import SETTING, note
from kiosk.log import appending
from schemas.vocabulary import NUMBER_PATTERN


def switch_post(kiosk: Kiosk, post: str, *, by: str) -> None:
    """Let this kiosk stand at another post of its site; "" for none. Raise `Stopped`: `not_enrolled`, `wrong_usage`."""
    if post and fullmatch(NUMBER_PATTERN, post) is None:
        raise Stopped(Trouble.WRONG_USAGE, "post")
    with appending(kiosk.store, kiosk.clock) as log:
        here = device.require_enrolment(log.db)
        if here.post == post:
            return
        device.write(log.db, "enrolment", replace(here, post=post))
        note(log, SETTING, f"post {here.post or '-'} {post or '-'}", by=by)
