"""Sync now: asked for here, done in the background, followed through the state."""

from typing import Any

from flask import Blueprint

from kiosk import device
from kiosk.web import asked
from kiosk.web.here import here

syncs = Blueprint("sync", __name__)


@syncs.post("/api/sync")
def sync() -> dict[str, Any]:
    """Ask for a sync, whatever the backoff. `count` is how many had ended before: it is done when there are more."""
    asked.body({})
    device.require_enrolment(here().kiosk().store.db)
    here().worker.ask()
    return {"count": here().worker.progress.count}
