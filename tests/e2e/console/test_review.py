"""A morning's review in a real browser: forty findings cleared by keyboard alone, and a sweep taken back."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from server.config import Config
from server.models.decision import Decision
from server.services import open_services
from server.setup import set_up
from tests.e2e.console.conftest import CITY, TROUBLES, Console, SignIn, serve
from tests.e2e.console.test_walk import picture
from tests.server.books.desk import Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import ServerClock
from tests.server.conftest import TABLES, import_text

FINDINGS = 40
PEOPLE = 13
FINDING = re.compile(r"/console/review/V")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Console, Desk]]:
    """A console in front of forty findings: nobody signed out, or stayed for three minutes."""
    home = tmp_path_factory.mktemp("morning") / "home"
    clock = ServerClock()
    set_up(Config(home), clock.clock())
    services = open_services(Config(home), clock.clock())
    for kind, text in TABLES.items():
        import_text(services, home.parent, kind, text)
    desk = make_desk(services, clock)
    for number in range(FINDINGS):
        day, who = divmod(number, PEOPLE)
        start = 24 * (2 * day) + 8 + who / 10
        desk.stay(f"V{1 + who}", start, None if number % 2 else start + 0.05)
    desk.sync(24 * 9)
    with serve(services, clock) as console:
        yield console, desk
    services.database.close()


def decided(desk: Desk) -> int:
    with desk.services.database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(Decision)) or 0)


def test_forty_findings_are_cleared_by_keyboard(
    morning: tuple[Console, Desk], sign_in: SignIn
) -> None:
    console, desk = morning
    page = sign_in(console, CITY, name="e2e.morning")
    page.goto(f"{console.url}/console/")
    page.keyboard.press("n")
    page.wait_for_url(FINDING)
    picture(page, "review-first")
    for _ in range(FINDINGS + PEOPLE):
        if "/review/V" not in page.url:
            derive(desk.services)  # as the server does by itself every few seconds
            page.goto(f"{console.url}/console/review")
            if page.locator("[data-key=n]").count() == 0:
                break
            page.keyboard.press("n")
            page.wait_for_url(FINDING)
        before = page.url
        page.keyboard.press("a")
        page.wait_for_function("before => location.href !== before", arg=before)
        page.wait_for_load_state("load")
    derive(desk.services)
    page.goto(f"{console.url}/console/review")
    assert "没有等待处理的事项" in page.content()
    assert decided(desk) == FINDINGS
    assert TROUBLES[page] == []
