"""One catalogue for Python and the browser: whole in Chinese and English, and nothing is said that is not in it."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

import kiosk.web
from kiosk.errors import Trouble
from kiosk.health import PASSED_ON
from kiosk.web.words import DEFAULT, LANGUAGES, WHOLE, read_parts, words
from schemas.vocabulary import CodeState
from tests.kiosk.web.conftest import Screen

WEB = Path(kiosk.web.__file__).parent
SCRIPTS = sorted((WEB / "static" / "js").rglob("*.js"))
PAGE = (WEB / "templates" / "page.html").read_text(encoding="utf-8")


def test_chinese_and_english_say_the_same_things() -> None:
    one, other = (read_parts(language) for language in WHOLE)
    assert {part: set(texts) for part, texts in one.items()} == {
        part: set(texts) for part, texts in other.items()
    }


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - set(WHOLE)))
def test_the_other_languages_say_all_that_a_volunteer_sees(language: str) -> None:
    parts = read_parts(language)
    assert set(parts) == {"volunteer"}
    assert set(parts["volunteer"]) == set(read_parts(DEFAULT)["volunteer"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_the_figures_of_the_chinese_one(language: str) -> None:
    for key, text in words(language).items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(
            re.findall(r"\{\w+\}", words(DEFAULT)[key])
        ), key


def test_whatever_the_page_says_is_in_the_catalogue() -> None:
    known = set(words(DEFAULT))
    source = "\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    said = set(re.findall(r'say\("([\w.]+)"', source)) | set(
        re.findall(r'data-word="([\w.]+)"', PAGE)
    )
    assert said
    assert said <= known, said - known


def test_every_state_of_a_badge_and_every_concern_has_words() -> None:
    known = set(words(DEFAULT))
    plain = {CodeState.GOOD, CodeState.TYPED}
    assert {f"state.{state}" for state in set(CodeState) - plain} <= known
    health = (WEB.parent / "health.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'Concern\("(\w+)"', health)) | set(re.findall(r'\["(clock_\w+)"\]', health))  # fmt: skip
    assert {f"concern.{code}" for code in {*codes, *PASSED_ON}} <= known


def test_every_word_of_a_note_about_leads_and_every_caution_is_said() -> None:
    known = set(words(DEFAULT))
    lead = WEB.parent / "lead"
    source = "".join((lead / name).read_text("utf-8") for name in ("leads.py", "unlock.py"))
    noted = set(re.findall(r'"(first|reset|added|removed|pin_changed|locked)"', source))
    assert len(noted) == 6
    assert {f"journal.lead.{word}" for word in noted} <= known
    cautions = re.findall(r'Caution\("(\w+)"', (lead / "warn.py").read_text("utf-8"))
    assert len(cautions) == 3
    assert {f"warned.{code}" for code in cautions} <= known


def test_every_notice_of_a_sync_has_words() -> None:
    source = (WEB.parent / "worker.py").read_text(encoding="utf-8")
    notices = re.findall(r'^        "(\w+)": ', source, re.MULTILINE)
    assert notices
    assert {f"synced.{notice}" for notice in notices} <= set(words(DEFAULT))


def test_what_goes_wrong_on_the_device_has_words() -> None:
    elsewhere = {
        Trouble.BAD_CONFIGURATION, Trouble.PICTURE_UNREADABLE, Trouble.NO_QR_CODE, Trouble.PORT_TAKEN,
    }  # fmt: skip
    on_screen = {
        code for code in Trouble if code not in elsewhere and code in set(_troubles_of_the_screen())
    }
    assert {f"error.{code}" for code in on_screen} <= set(words(DEFAULT))


def _troubles_of_the_screen() -> list[str]:
    source = "\n".join(
        (WEB.parent / name).read_text(encoding="utf-8")
        for name in ("faults.py", "store.py", "keyfile.py", "undo.py", "lock.py", "web/troubles.py")
    )
    return [str(Trouble[name]) for name in re.findall(r"Trouble\.([A-Z_]+)", source)]


def test_a_language_that_is_not_there_is_not_found(screen: Screen) -> None:
    assert screen.get("/words/en.json").json["start"] == "Start duty"
    for language in ("xx", "..%2fpage", "zh-cn"):
        assert screen.get(f"/words/{language}.json").status_code == 404


def test_nothing_is_ever_set_as_markup_and_no_address_is_named() -> None:
    for file in SCRIPTS:
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", source), file  # fmt: skip
        named = re.findall(r"https?://[^\s\"'`]+", source)
        assert set(named) <= {"http://www.w3.org/2000/svg"}, (file, named)
    assert not re.search(r"https?://|style=|\son\w+=|\|\s*safe", PAGE)


def test_what_others_wrote_is_what_they_published() -> None:
    lock = json.loads((WEB / "vendor.lock").read_text(encoding="utf-8"))
    files = {file.name: file for file in (WEB / "static" / "vendor").iterdir()}
    assert {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()} == lock[
        "sha256"
    ]
    reader = files["zxing_reader.js"].read_text(encoding="utf-8")
    assert lock["sha256"]["zxing_reader.wasm"] in reader  # the pair names its other half
    for package in lock["packages"]:
        assert set(package["files"]) <= set(files)
        assert any(name.endswith("LICENSE") for name in package["files"])
