"""The page itself, and its words."""

import mimetypes
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from kiosk.web.words import DEFAULT, LANGUAGES, words

pages = Blueprint("page", __name__)

FONTS = Path(__file__).parents[2] / "fonts"
"""Where set-up puts the font for what is printed; rare signs in names need it on the screen, too. It may be missing."""
FACES = {"Regular": "NotoSansSC-Regular.ttf", "Bold": "NotoSansSC-Bold.ttf"}

for kind, end in (
    ("text/javascript", ".js"),
    ("application/wasm", ".wasm"),
    ("text/css", ".css"),
    ("font/ttf", ".ttf"),
):
    mimetypes.add_type(kind, end)  # not left to the tables of the machine: the browser is strict


@pages.get("/")
def page() -> str:
    """Give the page, in the site's language; the browser changes it without asking again."""
    has_fonts = all((FONTS / file).is_file() for file in FACES.values())
    return render_template(
        "page.html", t=words(DEFAULT), language=DEFAULT, languages=LANGUAGES, has_fonts=has_fonts
    )


@pages.get("/words/<language>.json")
def catalogue(language: str) -> dict[str, Any]:
    """Give all words of a language."""
    if language not in LANGUAGES:
        raise NotFound
    return words(language)


@pages.get("/font/<face>.ttf")
def font(face: str) -> Response:
    """Give a face of the font for rare signs, where it was fetched."""
    file = FONTS / FACES.get(face, "missing")
    if not file.is_file():
        raise NotFound
    return send_file(file, mimetype="font/ttf", max_age=86_400)


@pages.get("/favicon.ico")
def icon() -> Answer | Response:
    """Point to the drawn icon."""
    return redirect("/static/icon.svg")
