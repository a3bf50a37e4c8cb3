"""A day's work in a real browser, from signing in with two factors to a late batch that becomes an adjustment."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.access.part import EVERYTHING
from server.books.periods.read_period import read_period
from server.config import Config
from server.intake.confirm import pending
from server.services import open_services
from server.setup import set_up
from tests.e2e.console.conftest import CITY, SIZES, TROUBLES, Console, serve, watch
from tests.e2e.console.day import FORGETFUL, OPEN, WALK_INS, make_day
from tests.server.books.desk import NOVEMBER, Desk
from tests.server.books.world import derive
from tests.server.builders import Author, ServerClock
from tests.server.conftest import TABLES, import_text
from tests.server.staff import hire, one_time_code

IN_BULK = 10
BY_HAND = "2026-11-02T11:30"


@dataclass(frozen=True, slots=True)
class Day:
    """Somebody's desk on this day. desk: what is true; page: what they see."""

    console: Console
    desk: Desk
    copied: Author
    page: Page
    password: str

    def open(self, address: str) -> None:
        """Open a page of the console."""
        answer = self.page.goto(self.console.url + address)
        assert answer is not None and answer.status == 200, address

    def derived(self) -> None:
        """Let the deriver, which runs beside the console, catch up."""
        derive(self.console.services)

    def tile(self, words: str) -> str:
        """Give the figure of a tile of the landing page."""
        self.open("/console/")
        return self.page.locator(".tile", has_text=words).locator("strong").inner_text()


@pytest.fixture
def day(tmp_path: Path, browser: Browser) -> Iterator[Day]:
    """A county of its own: this changes much."""
    clock, home = ServerClock(), tmp_path / "home"
    set_up(Config(home), clock.clock())
    services = open_services(Config(home), clock.clock())
    for kind, text in TABLES.items():
        import_text(services, tmp_path, kind, text)
    desk, copied = make_day(services, clock, tmp_path)
    hired = hire(services, "wang.li", CITY, number="V14")
    context = browser.new_context(
        viewport=SIZES["desk"],  # type: ignore[arg-type] # two numbers
        locale="zh-CN",
        reduced_motion="reduce",
    )
    with serve(services, clock) as console:
        page = context.new_page()
        watch(page, console.url)
        yield Day(console, desk, copied, page, hired.password)
        context.close()
    services.database.close()


def test_a_day_s_work(day: Day) -> None:
    _sign_in(day)
    _look_around(day)
    _decide_on_many(day)
    _clear_the_rest_by_keyboard(day)
    _match_walk_ins(day)
    _confirm_the_copied_kiosk(day)
    frozen = _close_the_month(day)
    _see_a_late_batch_become_an_adjustment(day, frozen)
    assert TROUBLES[day.page] == []


def _sign_in(day: Day) -> None:
    page = day.page
    day.open("/console/")
    page.get_by_label("登录名").fill("wang.li")
    page.get_by_label("密码").fill(day.password)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="显示二维码").click()
    secret = page.locator("code.long").inner_text()
    page.get_by_label("六位数字").fill(one_time_code(secret, time.time()))
    _follow(page, page.get_by_role("button", name="完成"))
    expect(page.get_by_role("heading", name="待办", level=1)).to_be_visible()


def _look_around(day: Day) -> None:
    """Keys say what they do, and lead to a person by number."""
    page = day.page
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type(FORGETFUL[6])
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(FORGETFUL[6])


def _decide_on_many(day: Day) -> None:
    """Select rows by keys, see the effect in numbers, give a reason."""
    page = day.page
    day.open("/console/")
    _follow(page, page.get_by_role("link", name=re.compile("^B4")))
    expect(page.locator("tbody tr")).to_have_count(OPEN)
    for _ in range(IN_BULK):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(IN_BULK)
    page.get_by_role("button", name="不计选中的").click()
    expect(page.get_by_text(f"会处理 {IN_BULK} 条")).to_be_visible()
    page.get_by_label("理由（不写姓名）").fill("当天没有人见到他们")
    page.get_by_role("button", name="就这样处理").click()
    expect(page.get_by_text("已处理：当天没有人见到他们")).to_be_visible()
    day.derived()


def _clear_the_rest_by_keyboard(day: Day) -> None:
    """Begin with the oldest, leave one for later, write one's times down, and take what is suggested for the others."""
    page = day.page
    day.open("/console/review?rule=B4")
    expect(page.locator("tbody tr")).to_have_count(OPEN - IN_BULK)
    _press(page, "n")
    first = page.url
    _press(page, "n")
    page.keyboard.press("e")
    page.get_by_label("认定时间").check()
    page.locator("#until0").fill(BY_HAND)
    page.locator("#why-e").fill("班长说他们十一点半离开")
    with page.expect_navigation():
        page.get_by_role("button", name="认定", exact=True).last.click()
    for _ in range(OPEN - IN_BULK - 2):
        _press(page, "a")
    expect(page.get_by_text("这一列已经处理完。")).to_be_visible()
    _press(page, "n")
    assert page.url.split("?")[0] == first.split("?")[0], "what was left for later comes back"
    _press(page, "a")
    day.derived()
    day.open("/console/review?rule=B4")
    expect(page.get_by_text("没有符合这些条件的事项。")).to_be_visible()
    minutes = [day.desk.minutes(number) for number in FORGETFUL]
    assert sum(1 for credited, _, _ in minutes if credited) == OPEN - IN_BULK
    assert sum(credited == 0 for credited, _, _ in minutes) == IN_BULK
    assert not any(held for _, held, _ in minutes)


def _follow(page: Page, there: Locator) -> None:
    """Click, and wait until the page it leads to listens to keys: it can be seen before."""
    with page.expect_navigation():
        there.click()


def _press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def _match_walk_ins(day: Day) -> None:
    page = day.page
    assert day.tile("现场登记待核对") == str(len(WALK_INS))
    page.get_by_role("link", name="现场登记待核对").click()
    for left in range(len(WALK_INS), 0, -1):
        expect(page.locator("tbody tr")).to_have_count(left)
        page.locator("tbody a").first.click()
        expect(page.locator("tbody").first).to_contain_text("手机号")
        page.get_by_role("button", name="就是这个人").first.click()
        expect(page.get_by_role("status")).to_contain_text("已匹配")
    expect(page.get_by_text("没有要匹配的人。")).to_be_visible()
    day.derived()
    assert day.tile("现场登记待核对") == "0"
    assert [day.desk.minutes(who) for who in WALK_INS.values()] == [(180, 0, 0)] * len(WALK_INS)


def _confirm_the_copied_kiosk(day: Day) -> None:
    page, services = day.page, day.console.services
    assert day.desk.minutes("V9") == (0, 120, 0), "kept, and not counted before a person looked"
    day.open("/console/fleet?ask=pending")
    _follow(page, page.locator(f'a[href*="/fleet/logs/{day.copied.log}"]').first)
    expect(page.get_by_text("这个日志等您确认")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("这个日志等您确认")).to_be_hidden()
    day.derived()
    with services.database.read() as connection:
        assert pending(connection) == []
    assert day.desk.minutes("V9") == (120, 0, 0)


def _close_the_month(day: Day) -> int:
    """Close November at the site; give the minutes that are frozen."""
    page = day.page
    day.open("/console/periods/S1/2026-11")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name=re.compile("预览结账"))).to_be_visible()
    page.get_by_role("button", name="结账", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已结账")
    expect(page.get_by_text("各种加法结果一致")).to_be_visible()
    return _frozen(day)


def _frozen(day: Day) -> int:
    with day.console.services.database.read() as connection:
        period = read_period(connection, EVERYTHING, "S1", NOVEMBER)
    assert period.closed is not None
    return period.closed.credited


def _see_a_late_batch_become_an_adjustment(day: Day, frozen: int) -> None:
    page = day.page
    day.desk.late("V6", 80, 83)
    day.open("/console/periods/S1/2026-11")
    row = page.get_by_role("row").filter(has_text="V6").filter(has_text="2026-12")
    expect(row).to_contain_text("+3:00")
    assert _frozen(day) == frozen, "what was closed stays as it was"
