"""The field guide quotes what the kiosk really says: a lead looks for the words on the screen."""

import re

import pytest

from kiosk.cli import report, screen, words
from schemas.vocabulary import Code
from tests.docs.make_limits import ROOT
from tests.docs.test_pages import cells

GUIDE = (ROOT / "docs" / "field-guide.zh-CN.md").read_text(encoding="utf-8")
SAID = "\n".join(row[0] for row in cells(GUIDE))


@pytest.mark.parametrize("state", screen._DOUBT)
def test_every_doubt_about_a_badge_is_explained(state: str) -> None:
    assert screen._DOUBT[state][0] in SAID  # type: ignore[index]


@pytest.mark.parametrize("alarm", report._ALARM)
def test_every_alarm_is_explained(alarm: str) -> None:
    chinese = report._ALARM[alarm].split(" / ")[0]
    assert chinese.split("，")[0] in SAID


@pytest.mark.parametrize("state", ["attention", "pending", "fine"])
def test_every_state_is_named(state: str) -> None:
    assert f"**{report._STATE[state].split(' / ')[0]}**" in GUIDE


@pytest.mark.parametrize(
    "code",
    [
        Code.UNREACHABLE, Code.NOT_AN_ANSWER, Code.TRY_LATER, Code.NOT_OUR_SERVER, Code.BAD_CODE, Code.CODE_USED,
        Code.CODE_EXPIRED, Code.TOO_MANY_ATTEMPTS, Code.ALREADY_ENROLLED, Code.NOT_ENROLLED,
        "sync_running", "no_qr_code", "disk_full",
    ],
)  # fmt: skip
def test_every_answer_that_a_lead_meets_is_explained(code: str) -> None:
    assert re.split("[；，（]", words.MESSAGES[code][0])[0] in SAID


def test_success_is_quoted_as_the_screen_says_it() -> None:
    for chinese, _ in screen._DONE.values():
        assert f"{chinese} ✓" in SAID


def test_it_names_no_person_and_no_number_of_one() -> None:
    assert not re.search(r"1[3-9]\d{9}|\d{17}[\dXx]", GUIDE)
