"""Periods on pages: figures that add up, what a close waits for, and closing within one's part."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import StaffRole
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.certificates.desk import issue
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token

MONTH = "/console/periods/S1/2026-11"


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """November at S1: a stay of four hours, and one without an end; the month is over, and a kiosk is behind."""
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 12)
    desk.stay("V2", 9, None)
    desk.sync(40)
    clock.now_ms = START_MS + 40 * DAY_MS
    return desk


def _close(client: FlaskClient, why: str) -> int:
    page = client.get(f"{MONTH}/close")
    data = {"csrf_token": form_token(page.text), "why": why}
    return client.post(f"{MONTH}/close", data=data).status_code


@pytest.mark.usefixtures("desk")
def test_a_month_waits_for_its_kiosk_and_says_for_which(browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    page = client.get("/console/periods?month=2026-11").text
    assert "东门卡口" in page
    assert "天数据未齐" in page
    assert "各种加法结果一致" in client.get(MONTH).text
    assert "预览结账" not in client.get(MONTH).text, "a viewer closes nothing"


def test_closing_wants_a_reason_where_something_is_missing_and_happens_once(
    browser: Browser, desk: Desk
) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    assert _close(client, "") == 400
    assert "已结账" not in client.get(MONTH).text
    assert _close(client, "签到机损坏") == 302
    assert "已结账" in client.get(MONTH).text
    assert "签到机损坏" in client.get(MONTH).text
    desk.late("V3", 30, 33)
    late = client.get(MONTH).text
    assert "+3:00" in late, "what came late is an adjustment"
    assert "各种加法结果一致" in late


def test_an_adjustment_names_the_certificates_and_stars_that_it_touches(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    figures = "region,site,from,key,value\n,,2026-01-01,star_1_hours,4\n"
    import_text(desk.services, tmp_path, "policies", figures)
    desk.close(why="签到机损坏")
    number = issue(desk, "V1").entry.number
    desk.decide("V1", Action.REFUSE)
    page = browser(StaffRole.DISTRICT, Over.REGION, "R1").get(MONTH).text
    assert f"/console/certificates/{number}" in page
    assert "1→0" in page
    site_alone = browser(StaffRole.SITE_LEAD, Over.SITE, "S1").get(MONTH).text
    assert "-4:00" in site_alone
    assert number not in site_alone, "whose papers these are lies outside a part of one site"
    assert "1→0" not in site_alone


@pytest.mark.usefixtures("desk")
def test_a_month_of_another_district_is_not_there(browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R9")
    assert "东门卡口" not in client.get("/console/periods?month=2026-11").text
    for page in (MONTH, f"{MONTH}/close"):
        assert client.get(page).status_code == 404
    token = form_token(client.get("/console/account").text)
    answer = client.post(f"{MONTH}/close", data={"csrf_token": token, "why": "x"})
    assert answer.status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "x", "99999-01", "2026-1", "../..", "２０２６-11"])
def test_a_month_that_is_none_is_refused_in_words(browser: Browser, month: str) -> None:
    answer = browser(StaffRole.VIEWER).get("/console/periods", query_string={"month": month})
    assert answer.status_code == 400
    assert "bad_field" in answer.text
