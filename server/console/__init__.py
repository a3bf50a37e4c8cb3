"""The console: pages for central staff. `create_console` composes them; each folder beside is one part of the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from server.services import Services


def create_console(services: Services) -> Flask:
    """Make the web application of the console over these services."""
    from flask import Flask

    from server.console import areas, errors, formats, guard, here, settings, signing_in, words
    from server.console.address import at_public_address

    app = Flask(__name__, static_url_path="/console/static")
    app.url_map.merge_slashes = False
    app.extensions["redvest"] = services
    settings.configure(app, services)
    words.register(app)
    formats.register(app)
    signing_in.register(app, services)
    here.register(app)
    guard.register(app, services.config)
    errors.register(app)
    areas.register(app)
    public = at_public_address(app.wsgi_app, services.config.public_url)
    app.wsgi_app = public  # type: ignore[assignment] # wrapped, as Flask's documentation does
    return app
