"""The pages of now: all state in the address, nothing of another part, hostile names inert, few questions."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.access.grant import Over
from server.access.roles import StaffRole
from server.console.now import board
from server.limits import SESSION_IDLE_MS
from server.services import Services
from tests.server.builders import HOUR_MS, MINUTE_MS, ServerClock
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.now.desk import EIGHT, begin, bring, plan
from tests.server.staff import said_on
from tests.server.statements import asked_of

HOSTILE = "<script>alert(1)</script>"
PAGES = (
    "/console/now",
    "/console/now?view=map",
    "/console/now/coverage?day=2026-11-02",
    "/console/now/sites/S1",
)


@pytest.fixture
def morning(services: Services, client: FlaskClient, clock: ServerClock, tmp_path: Path) -> None:
    """Two people at S1, one of them named by a stranger; S2 has nobody, and its kiosk is there."""
    plan(services, tmp_path)
    import_text(services, tmp_path, "volunteers", f"number,name\nV90,{HOSTILE}\n")
    import_text(
        services,
        tmp_path,
        "sites",
        f"code,name,kind,region,latitude,longitude\nS2,{HOSTILE},checkpoint,R1,32.1,114.02\n",
    )
    one, two = begin(services, "one", "S1", "P1"), begin(services, "two", "S2", "P2")
    one.scan(EIGHT, "V1")
    one.scan(EIGHT + MINUTE_MS, "V90")
    bring(services, client, one, two)
    clock.now_ms = EIGHT + HOUR_MS


@pytest.mark.usefixtures("morning")
class TestPages:
    def test_the_board_says_who_is_missing_where_and_which_site_is_out_of_sight(
        self, browser: Browser
    ) -> None:
        page = browser(StaffRole.VIEWER).get("/console/now").text
        rows = re.findall(r"<tr>\s*<td>.*?</tr>", page, re.S)
        assert [re.search(r"sites/(S\d)", row)[1] for row in rows] == ["S1", "S2", "S3"]  # type: ignore[index]
        assert "缺 1 人" in rows[0]
        assert "没有签到机" in rows[2]
        assert 'hx-trigger="every 30s"' in page
        assert re.search(r'<a href="/console/now">现在刷新</a>', page), "works without scripts"

    @pytest.mark.parametrize("address", PAGES)
    def test_hostile_names_stay_text(self, browser: Browser, address: str) -> None:
        page = browser(StaffRole.VIEWER).get(address).text
        assert "alert(1)" not in page or "&lt;script&gt;alert(1)" in page
        assert HOSTILE not in page

    def test_people_are_masked(self, browser: Browser) -> None:
        page = browser(StaffRole.CITY).get("/console/now/sites/S1").text
        assert "志*1" in page
        assert "志愿者1" not in page

    @pytest.mark.parametrize("address", PAGES)
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    def test_pages_ask_little_and_by_index(
        self, services: Services, browser: Browser, address: str, language: str
    ) -> None:
        client = browser(StaffRole.DISTRICT)
        client.get("/console/now")  # the tree of regions is read once a process
        with asked_of(services.database) as asked:
            answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert len([sql for sql, _ in asked.all if "SELECT" in sql]) <= 12, asked.all
        assert asked.read_whole() == []

    def test_a_site_of_another_part_is_not_there(self, browser: Browser) -> None:
        stranger = browser(StaffRole.SITE_LEAD, Over.SITE, "S9")
        for address in ("/console/now/sites/S1", "/console/now/sites/S8"):
            assert stranger.get(address).status_code == 404
        for address in PAGES[:3]:
            page = said_on(stranger.get(address).text)
            assert "S1" not in page
            assert "东门" not in page

    def test_the_map_draws_a_shape_for_what_is_amiss_and_names_what_it_cannot_place(
        self, browser: Browser
    ) -> None:
        page = browser(StaffRole.VIEWER).get("/console/now?view=map").text
        drawn = page[
            page.index('<svg class="map"') : page.index("</svg>", page.index('class="map"'))
        ]
        assert drawn.count("is-triangle") == 2
        assert "另有 1 个站点没有坐标" in page
        assert "http" not in drawn

    def test_pages_follow_each_other_by_place_in_the_order(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(board, "SITES_SHOWN", 1)
        client, address, seen = browser(StaffRole.VIEWER), "/console/now?sort=people", []
        for _ in range(3):
            page = client.get(address).text
            seen += re.findall(r'<td><a href="/console/now/sites/(S\d)"', page)
            on = re.search(r'href="([^"]+)" rel="next"', page)
            address = on[1].replace("&amp;", "&") if on else ""
        assert seen == ["S1", "S2", "S3"]
        assert not address

    @pytest.mark.parametrize(
        "address",
        [
            "/console/now?region=%27%3B--&ask=x&sort=%7F&box=1,2&after=..&view=<",
            "/console/now?box=999999999,-999999999,0,0&view=map",
            "/console/now?after=999999999.S1&sort=short",
            "/console/now/coverage?day=9999-99-99&after=S1&region=R1",
            "/console/now/coverage?day=0001-01-01",
            "/console/now/coverage?day=9999-12-31&q=" + "x" * 500,
            "/console/now/sites/S1?day=1970-01-01&at=99:99",
        ],
    )
    def test_what_cannot_be_read_in_an_address_counts_as_not_asked(
        self, browser: Browser, address: str
    ) -> None:
        assert browser(StaffRole.VIEWER).get(address).status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(
    browser: Browser, clock: ServerClock
) -> None:
    client = browser(StaffRole.VIEWER)
    clock.now_ms += SESSION_IDLE_MS * 2 // 3
    assert client.get("/console/now", headers={"X-Poll": "1"}).status_code == 200
    clock.now_ms += SESSION_IDLE_MS * 2 // 3
    assert client.get("/console/now", headers={"X-Poll": "1"}).status_code == 302
