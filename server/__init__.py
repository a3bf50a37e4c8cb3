"""The central server. `create_app` is the only composition root of the web side; commands compose in `server.cli`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ["OPENPYXL_LXML"] = "False"
"""What reads spreadsheets must stay with the parser that is defused; lxml, which writes DOCX, would take its place."""

if TYPE_CHECKING:
    from flask import Flask

    from server.services import Services


def create_app(services: Services | None = None) -> Flask:
    """Make the web application over these services (by default: those of the environment)."""
    from flask import Flask

    from server import logs
    from server.api import create_api
    from server.config import read_config
    from server.console import create_console
    from server.http import carried, certificate_page, errors, front, health, slip_page, sync
    from server.services import open_services
    from server.sides import Sides

    app = Flask(__name__)
    app.url_map.merge_slashes = (
        False  # else a doubled slash is answered with a page that leads elsewhere
    )
    services = services or open_services(read_config())
    logs.configure(services.config.log_level)
    app.extensions["redvest"] = services
    app.register_blueprint(sync.doors)
    app.register_blueprint(carried.doors)
    app.register_blueprint(slip_page.pages)
    certificate_page.register(app)
    app.register_blueprint(front.doors)
    app.register_blueprint(health.doors)
    errors.register(app)
    others = {"/console": lambda: create_console(services), "/api": lambda: create_api(services)}
    sides = Sides(app.wsgi_app, others)
    app.wsgi_app = sides  # type: ignore[assignment] # a callable object, as Flask's documentation wraps it
    return app
