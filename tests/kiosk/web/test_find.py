"""Names at the screen: for the lead with the PIN, and gone with them."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.app import Kiosk
from kiosk.limits import LEAD_IDLE_MS
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import FakeClock, FakeServer
from tests.kiosk.lead.conftest import first_code
from tests.kiosk.web.conftest import Screen
from tests.kiosk.web.test_lead import Led

OUYANG = {"number": "V0001", "name": "欧阳𬭎", "team": "一队"}


@pytest.fixture
def led(screen: Screen, server: FakeServer, kiosk: Kiosk) -> Led:
    """A lead at a screen that was told names."""
    made = Led(screen, server)
    server.roster.append("V0002")
    server.called = {"V0001": ("欧阳𬭎", "一队", "欧阳𬭎 ouyanghong oyh")}
    contact(kiosk, server)
    contact(kiosk, server)
    return made


def scanned(led: Led, session: str) -> Any:
    body = {"text": "V0001", "typed": True, "direction": "auto"}
    return led.screen.post("/api/scan", body, X_Redvest_Lead=session).json


def test_the_lead_finds_people_by_initials_with_name_and_team(led: Led) -> None:
    assert led.get("/api/lead/people?part=oyh").json["people"] == [OUYANG]
    assert led.get("/api/lead/people?part=V0001").json["people"][0] == OUYANG
    assert led.get("/api/lead/people?part=%E6%AC%A7").json["people"] == [OUYANG]


def test_numbers_that_are_not_of_the_site_are_found_without_a_name(led: Led) -> None:
    found = led.get("/api/lead/people?part=V000").json["people"]
    assert found[0] == OUYANG
    assert {"number": "V0002", "name": "", "team": ""} in found


def test_the_answer_names_who_scanned_while_a_lead_is_there_and_to_nobody_else(
    led: Led, clock: FakeClock
) -> None:
    assert (scanned(led, led.session)["name"], scanned(led, led.session)["team"]) == (
        "欧阳𬭎",
        "一队",
    )
    assert scanned(led, "")["name"] == scanned(led, "x")["name"] == ""
    clock.advance(LEAD_IDLE_MS + 1)
    assert scanned(led, led.session)["name"] == ""


def test_scans_do_not_keep_the_lead_at_the_screen(led: Led, clock: FakeClock) -> None:
    for _ in range(4):
        clock.advance(LEAD_IDLE_MS // 3)
        scanned(led, led.session)
    assert led.get("/api/lead/people?part=oyh").status_code == 401


def test_nothing_of_the_names_is_left_in_memory_when_the_lead_is_gone(
    led: Led, clock: FakeClock
) -> None:
    led.get("/api/lead/people?part=oyh")
    leading = led.screen.here.leading
    assert leading.book[1].lines
    clock.advance(LEAD_IDLE_MS + 1)
    led.screen.state()  # what the page asks every other second
    assert leading.session is None
    assert not leading.book[1].lines


def test_names_that_come_later_are_seen_in_the_same_session(
    led: Led, server: FakeServer, kiosk: Kiosk
) -> None:
    assert led.get("/api/lead/names").json == {"told": True, "count": 1}
    server.called["V0003"] = ("张伟", "", "张伟 zhangwei zw")
    contact(kiosk, server)
    assert led.get("/api/lead/names").json == {"told": True, "count": 2}


def test_who_is_still_here_is_listed_by_name(led: Led) -> None:
    scanned(led, "")
    assert led.get("/api/lead/open").json["people"][0]["called"] == "欧阳𬭎"


def test_names_are_asked_for_with_the_code(led: Led, server: FakeServer) -> None:
    assert led.post("/api/lead/names", {"code": first_code(server).text()}).status_code == 200
    wrong = led.post("/api/lead/names", {"code": "A" * 40})
    assert wrong.json["error"]["code"] == "bad_code"


def test_the_font_for_rare_signs_is_given_where_it_was_fetched_and_nothing_else(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.web.page.FONTS", tmp_path)
    assert "rare.css" not in screen.get("/").text
    assert screen.get("/font/Regular.ttf").status_code == 404
    for face in ("Regular", "Bold"):
        (tmp_path / f"NotoSansSC-{face}.ttf").write_bytes(b"a font")
    assert "rare.css" in screen.get("/").text
    assert screen.get("/font/Bold.ttf").data == b"a font"
    for other in ("missing", "NotoSansSC-Bold", "..%2fkiosk", "%2e%2e/x"):
        assert screen.get(f"/font/{other}.ttf").status_code == 404
