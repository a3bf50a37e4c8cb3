"""The API: what staff can do, for programs, at `/api/v1`. `create_api` composes it; each file beside is one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from server.services import Services


def create_api(services: Services) -> Flask:
    """Make the web application of the API over these services."""
    from flask import Flask

    from server.api import docs_page, document, guard, problems, resources

    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions["redvest"] = services
    app.json.sort_keys = False  # type: ignore[attr-defined] # the provider that Flask makes
    guard.register(app)
    problems.register(app)
    resources.register(document.make(app))
    docs_page.register(app)
    return app
