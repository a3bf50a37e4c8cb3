"""The words of the console: templates are written in Chinese, `en.po` of each area says them in English.

Catalogues are read as they are (no compiled files that could be stale). A language is chosen in the address once, kept in the
session, and otherwise follows the browser.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Blueprint, Flask, has_request_context, redirect, request, session, url_for
from flask_babel import Babel
from werkzeug.wrappers import Response as AnyResponse

HERE = Path(__file__).parent
CHINESE, ENGLISH = "zh-CN", "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
_LOCALES = {CHINESE: "zh_Hans_CN", ENGLISH: "en"}
_KEPT, _BROWSER = "language", "redvest.language"

pages = Blueprint("console_words", __name__, url_prefix="/console")


@pages.post("/language/<wanted>")
def language(wanted: str) -> AnyResponse:
    """Go on in another language, on the same page."""
    if wanted in LANGUAGES:
        session[_KEPT] = wanted
    back = request.form.get("back", "")
    # Only ever within the console: an address of somebody else's must not be led to.
    is_ours = back.startswith("/console") and "//" not in back and "\\" not in back
    return redirect(back if is_ours else url_for("home.landing"))


def chosen() -> str:
    """Give the language of this request."""
    if not has_request_context():
        return CHINESE
    kept = session.get(_KEPT)
    if kept in LANGUAGES:
        return str(kept)
    return _of_browser()


def _of_browser() -> str:
    """Give what the browser would like best: asked for each word of a page, and found out once a request."""
    found: str | None = request.environ.get(_BROWSER)
    if found is None:
        found = request.accept_languages.best_match(list(LANGUAGES), CHINESE)
        request.environ[_BROWSER] = found
    return found


def say(chinese: str, **values: object) -> str:
    """Say something in the language of this request; `%(name)s` in it stands for a value."""
    words = chinese if chosen() == CHINESE else catalogue(_area()).get(chinese, chinese)
    return words % values if values else words


def say_of(area: str, chinese: str) -> str:
    """Say something as an area says it, on whichever page: 证明 is its papers in the menu, and an act among a kiosk's rights."""
    return chinese if chosen() == CHINESE else catalogue(area).get(chinese, chinese)


def say_number(chinese: str, many: str, number: int, **values: object) -> str:
    """Say something about a number of things: Chinese has one form, English (msgid, msgid_plural) two."""
    values = {"num": number, **values}
    if chosen() == CHINESE:
        return chinese % values
    one, more = plurals(_area()).get(chinese, (chinese, many))
    return (one if number == 1 else more) % values


def _area() -> str:
    """Give the area of this request, whose own words go before everybody's: 查看 is an act here and a role there."""
    return request.blueprint or ""


@cache
def catalogue(area: str = "") -> dict[str, str]:
    """Give all English words by the Chinese ones: those of an area first, then the shell's, then whatever others say."""
    return {
        str(m.id): str(m.string)
        for file in _nearest_last(area)
        for m in _read(file)
        if m.id and not isinstance(m.id, tuple) and m.string
    }


@cache
def plurals(area: str = "") -> dict[str, tuple[str, str]]:
    """Give the two English forms of what is said about a number of things, in the same order."""
    return {
        m.id[0]: (m.string[0], m.string[1])
        for file in _nearest_last(area)
        for m in _read(file)
        if isinstance(m.id, tuple)
    }


def _nearest_last(area: str) -> list[Path]:
    own = [HERE / "en.po", HERE / area / "en.po"]
    return [file for file in catalogue_files() if file not in own] + [f for f in own if f.exists()]


def catalogue_files() -> list[Path]:
    """Give every catalogue: one an area."""
    return sorted(HERE.glob("**/en.po"))


def _read(file: Path):  # type: ignore[no-untyped-def] # Babel's messages are not typed
    with file.open("rb") as opened:
        return list(read_po(opened, locale="en"))


def register(app: Flask) -> None:
    """Give templates their words."""
    Babel(app, locale_selector=lambda: _LOCALES[chosen()])
    app.jinja_env.globals.update(_=say, ngettext=say_number)
    app.register_blueprint(pages)

    @app.context_processor
    def known() -> dict[str, object]:
        return {"language": chosen(), "languages": LANGUAGES}
