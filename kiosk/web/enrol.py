"""Enrolling from the screen, by a code that was typed or shown to the camera."""

from re import fullmatch
from typing import Any

from flask import Blueprint

from kiosk import device
from kiosk.errors import Stopped, Trouble
from kiosk.web import asked
from kiosk.web.here import here
from schemas.vocabulary import NUMBER_PATTERN

enrolments = Blueprint("enrol", __name__)


@enrolments.post("/api/enrol")
def enrol() -> dict[str, Any]:
    """Enrol and fetch keys and roster. Takes as long as the network does."""
    from kiosk.join import join  # the network's parts are large, and needed this once
    from kiosk.transport import check_url
    from sync.enrolment import read

    fields = asked.body({"code": str, "server": str, "post": str})
    post = fields["post"].strip()
    if post and fullmatch(NUMBER_PATTERN, post) is None:
        raise Stopped(Trouble.WRONG_USAGE, "post")
    code, url = read(fields["code"]), check_url(fields["server"].strip())
    kiosk = here().kiosk()
    join(kiosk, code, url=url, post=post)
    found = device.require_enrolment(kiosk.store.db)
    return {"site": found.site, "site_name": found.site_name, "post": found.post}
