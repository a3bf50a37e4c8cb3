"""The page itself, and its words."""

import mimetypes
from typing import Any

from flask import Blueprint, Response, redirect, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from kiosk.web.words import DEFAULT, LANGUAGES, words

pages = Blueprint("page", __name__)

for kind, end in (("text/javascript", ".js"), ("application/wasm", ".wasm"), ("text/css", ".css")):
    mimetypes.add_type(kind, end)  # not left to the tables of the machine: the browser is strict


@pages.get("/")
def page() -> str:
    """Give the page, in the site's language; the browser changes it without asking again."""
    return render_template("page.html", t=words(DEFAULT), language=DEFAULT, languages=LANGUAGES)


@pages.get("/words/<language>.json")
def catalogue(language: str) -> dict[str, Any]:
    """Give all words of a language."""
    if language not in LANGUAGES:
        raise NotFound
    return words(language)


@pages.get("/favicon.ico")
def icon() -> Answer | Response:
    """Point to the drawn icon."""
    return redirect("/static/icon.svg")
