"""The screen of the kiosk: a page on loopback. Here it is put together; each resource has a file of its own."""

import os
import secrets
from pathlib import Path

from flask import Flask

from kiosk.limits import SCREEN_BODY_BYTES_MAX
from kiosk.web import card, enrol, guard, lead, page, roster, scan, state, sync, troubles
from kiosk.web.here import EXTENSION, Here

RESOURCES = (
    page.pages,
    state.states,
    scan.scans,
    roster.rosters,
    sync.syncs,
    enrol.enrolments,
    card.cards,
    *lead.RESOURCES,
)
"""Every resource of the screen; those of leads are in a folder of their own."""


def create_app(here: Here) -> Flask:
    """Make the screen of one kiosk."""
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = SCREEN_BODY_BYTES_MAX
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # of the provider that Flask has
    app.extensions[EXTENSION] = here
    guard.protect(app, token=secrets.token_urlsafe(32))
    troubles.handle(app)
    for resource in RESOURCES:
        app.register_blueprint(resource)
    return app


def sync_environment(home: Path) -> dict[str, str]:
    """Give the environment of a sync in a process of its own: this one's, and the same home."""
    return {**os.environ, "REDVEST_KIOSK_HOME": str(home)}
