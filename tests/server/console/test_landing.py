"""The landing page: what needs a person, with how many and how old, and each leads to its list."""

import re

import pytest
from flask.testing import FlaskClient

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import StaffRole
from server.books.decisions.correct import Said, correct
from server.jobs.alarms import KIOSK_SILENT, replace_alarms
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.console.conftest import Browser
from tests.server.staff import said_on


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """Two who never signed out and one who stayed a minute; a request; a silent kiosk; three weeks later."""
    desk = make_desk(services, clock)
    desk.stay("V2", 8, None)
    desk.stay("V3", 9, None)
    desk.stay("V4", 9, 9.02)
    desk.sync(40)
    said = Said("V2", "S1", b"", START_MS, START_MS + 1, START_MS + DAY_MS, "我在")
    correct(services.database, services.central, said)
    with services.database.write_facts() as connection:
        replace_alarms(connection, KIOSK_SILENT, [desk.kiosk.log], START_MS)
    clock.now_ms = START_MS + 21 * DAY_MS
    return desk


def tiles(client: FlaskClient) -> dict[str, str]:
    """Give the figures by their words."""
    page = client.get("/console/").text
    return dict(re.findall(r'class="tile[^>]*>([^<]+)<strong>([^<]+)</strong>', page))


def test_everything_that_waits_is_counted_and_leads_to_its_list(
    desk: Desk, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    page = client.get("/console/").text
    assert tiles(client)["待处理的核查事项"] == "3"
    assert tiles(client)["申诉待答复"] == "1"
    assert tiles(client)["签到机长时间没有联系"] == "1"
    assert "1 件已超过十个工作日" in page
    assert 'href="/console/review?rule=B4"' in page
    assert "20 天" in page
    for address in re.findall(r'<a class="tile[^"]*" href="([^"]+)"', page):
        assert client.get(address).status_code == 200, address
    desk.decide("V2", Action.REFUSE, settles="B4")
    assert tiles(client)["待处理的核查事项"] == "2"


def test_what_lies_outside_one_s_part_is_not_counted(desk: Desk, browser: Browser) -> None:
    assert desk.sent
    assert set(tiles(browser(StaffRole.REVIEWER, Over.REGION, "R9")).values()) == {"0"}
    of_team = tiles(browser(StaffRole.REVIEWER, Over.TEAM, "T2"))
    assert of_team["待处理的核查事项"] == "1", "V3 is of T2"
    assert of_team["签到机长时间没有联系"] == "0", "the kiosk is the site's"


def test_a_site_that_keeps_the_month_open_is_named_with_the_reason(
    desk: Desk, clock: ServerClock, browser: Browser
) -> None:
    clock.now_ms = START_MS + 35 * DAY_MS
    page = browser(StaffRole.CITY).get("/console/todo/months").text
    assert 'href="/console/periods/S1/2026-11"' in page
    assert "签到机还没传完" in page
    assert "S1" not in said_on(
        browser(StaffRole.CITY, Over.SITE, "S2").get("/console/todo/months").text
    )
    desk.close(why="nothing more comes")
    clock.now_ms = START_MS + 35 * DAY_MS
    assert "可以结算" in browser(StaffRole.CITY).get("/console/todo/months").text


def test_who_searches_from_the_head_is_led_to_people(browser: Browser) -> None:
    answer = browser(StaffRole.VIEWER).get("/console/find?q=<V2>")
    assert answer.location == "/console/reference/volunteers?q=%3CV2%3E"


def test_nothing_to_do_says_so(browser: Browser) -> None:
    assert "没有等待处理的事项" in browser(StaffRole.VIEWER).get("/console/").text
