"""Scanning as people do it, in a real browser: camera, hand scanner, keys; and what the screen answers."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.kiosk_screen.conftest import CAMERA_BADGE
from tests.e2e.kiosk_screen.screen import Screen, on_duty, press, wedge, window
from tests.kiosk.fakes import FakeServer

ANSWERED = {
    "zh-CN": {"in": "签到成功", "out": "签退成功", "again": "已经签退", "check": "已记录，待核实"},
    "en": {"in": "Signed in", "out": "Signed out", "again": "Already signed out", "check": "Recorded, to be checked"},
}  # fmt: skip


def answered(page: Page, kind: str, word: str, who: str = "") -> None:
    """Wait for an answer of this kind with this word."""
    answer = page.locator(f'#answer[data-kind="{kind}"]')
    expect(answer).to_be_visible()
    expect(answer.locator(".word")).to_have_text(word)
    if who:
        expect(answer.locator(".who")).to_have_text(who)


def test_a_badge_before_the_camera_signs_in(badge_browser: Browser, screen: Screen) -> None:
    with window(badge_browser, screen) as page:
        on_duty(page)
        answered(page, "in", "签到成功", CAMERA_BADGE)
        expect(page.locator("#answer")).to_be_hidden()
        expect(page.locator("#last")).to_contain_text(f"签到成功 {CAMERA_BADGE}")
        expect(page.locator("#duty")).to_contain_text(CAMERA_BADGE)
        page.locator("#last button").click()
        answered(page, "undone", "已撤销")
        expect(page.locator("#duty")).not_to_contain_text(CAMERA_BADGE)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 780)])
def test_every_answer_in_both_languages_and_sizes(
    browser: Browser, screen: Screen, centre: FakeServer, language: str, size: tuple[int, int]
) -> None:
    words, who = ANSWERED[language], f"A{language[:2]}{size[0]}"
    with window(browser, screen, viewport={"width": size[0], "height": size[1]}) as page:
        page.select_option("#language", language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        on_duty(page)
        wedge(page, centre.print_badge(who))
        answered(page, "in", words["in"], who)
        page.locator('[data-way="turn.out"]').click()
        answered(page, "out", words["out"], who)
        wedge(page, centre.print_badge(who))
        answered(page, "again", words["again"], who)
        wedge(page, "RV1:AB")
        answered(page, "check", words["check"])
        page.keyboard.press("Escape")
        expect(page.locator("#answer")).to_be_hidden()


def test_a_scanner_is_heard_while_a_chinese_field_is_focused(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        page.locator("#typed").click()
        field = page.locator("#number")
        expect(field).to_be_focused()
        page.keyboard.insert_text("志愿")
        keys = page.context.new_cdp_session(page)
        keys.send("Input.imeSetComposition", {"text": "zhi", "selectionStart": 3, "selectionEnd": 3})  # fmt: skip
        wedge(page, centre.print_badge("V0031"))
        answered(page, "in", "签到成功", "V0031")
        page.keyboard.press("Escape")
        expect(field).not_to_have_value("RV1", timeout=1_000)


def test_real_keys_of_a_scanner_leave_a_field_as_it_was(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        page.locator("#typed").click()
        page.keyboard.insert_text("V00")
        page.wait_for_timeout(400)  # a person's pause, by which a scanner is told apart
        press(page, centre.print_badge("V0032"))
        answered(page, "in", "签到成功", "V0032")
        page.keyboard.press("Escape")
        expect(page.locator("#number")).to_have_value("V00")


def test_with_caps_lock_a_scanner_is_heard_too(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        wedge(page, centre.print_badge("V0033").swapcase())
        answered(page, "in", "签到成功", "V0033")


def test_another_code_is_recorded_to_be_checked(browser: Browser, screen: Screen) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        wedge(page, "https://example.com/x")
        answered(page, "check", "已记录，待核实")
        expect(page.locator(".hint")).to_have_text("这不是志愿者证件，请出示证件或输入编号")


def test_a_person_who_types_is_no_scanner(browser: Browser, screen: Screen) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        page.keyboard.type("abcdefghijk", delay=60)
        page.keyboard.press("Enter")
        page.locator("#typed").click()
        expect(page.locator("#answer")).to_be_hidden()


def test_a_number_is_looked_up_and_tapped(browser: Browser, screen: Screen) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        page.locator("#typed").click()
        for key in ("V", "0", "0", "5"):
            page.locator(f'.keys button[value="{key}"]').click()
        page.locator(".found button", has_text="V0051").click()
        answered(page, "in", "签到成功", "V0051")


def test_by_keyboard_alone(browser: Browser, screen: Screen) -> None:
    with window(browser, screen) as page:
        expect(page.locator("#start-button")).to_be_visible()
        page.locator("#start-button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#start")).to_be_hidden()
        for _ in range(20):
            if page.evaluate("document.activeElement?.id") == "typed":
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.type("V0060", delay=50)
        page.keyboard.press("Enter")
        answered(page, "in", "签到成功", "V0060")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.way") == "turn.out"
        page.keyboard.press("Enter")
        answered(page, "out", "签退成功", "V0060")
        page.keyboard.press("Escape")
        expect(page.locator("#answer")).to_be_hidden()


def test_a_fixed_direction_is_chosen_and_ends_by_itself(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        page.clock.install()
        page.reload()
        on_duty(page)
        page.locator("#mode label", has_text="只签退").click()
        expect(page.locator("#mode-until")).to_contain_text("恢复自动")
        wedge(page, centre.print_badge("V0034"))
        answered(page, "out", "签退成功", "V0034")
        expect(page.locator(".facts")).to_contain_text("按选定方向")
        page.clock.fast_forward("30:01")
        expect(page.locator("#mode [value=auto]")).to_be_checked()
        expect(page.locator("#mode-until")).to_have_text("")


def test_a_rush_of_sixty_through_one_scanner_loses_none(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        page.locator("#mode label", has_text="只签到").click()
        for number in range(60):
            wedge(page, centre.print_badge(f"R{number:03d}"))
        answered(page, "in", "签到成功", "R059")
        state = page.evaluate("fetch('/api/state').then((reply) => reply.json())")
        who = {person["who"] for person in state["duty"]["people"]}
        assert {f"R{number:03d}" for number in range(60)} <= who
