"""What can be measured of good looks, on every screen: contrast, size of targets, nothing cut off (zoom, phone, large type)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.kiosk_screen.screen import Screen, on_duty, wedge, window
from tests.kiosk.fakes import FakeServer

CONTRAST_MIN, TARGET_PX_MIN = 4.5, 60

LOOK = (
    (Path(__file__).parent / "look.js")
    .read_text(encoding="utf-8")
    .replace("CONTRAST_MIN", str(CONTRAST_MIN))
    .replace("TARGET_PX_MIN", str(TARGET_PX_MIN))
)


def looks_well(page: Page) -> None:
    """Measure what is shown now."""
    found = page.evaluate(LOOK)
    assert found == {"faint": [], "small": [], "beyond": []}, json.dumps(found, ensure_ascii=False)


def with_state(page: Page, change: Callable[[Any], None]) -> None:
    """Let the page see a kiosk that stands otherwise."""

    def answer(route: Route) -> None:
        state = route.fetch().json()
        change(state)
        route.fulfill(json=state)

    page.route("**/api/state", answer)


def everything_wrong(state: Any) -> None:
    """A kiosk with every concern at once."""
    state["clock_doubts"] = ["clock_skew"]
    codes = [
        "clock_skew", "clock_year", "clock_back", "diverged", "set_aside", "sync_failing", "never_synced", "no_keys",
        "disk_full", "disk_low", "battery_low", "pending_old", "view_old",
    ]  # fmt: skip
    levels = ["red"] * 9 + ["amber"] * 4
    state["concerns"] = [
        {"code": code, "level": level, "figure": 7} for code, level in zip(codes, levels, strict=True)
    ]  # fmt: skip
    next_ms = state["wall_ms"] + 600_000
    stuck = {"state": "attention", "pending": 1234, "failures": 3, "problem": "not_an_answer"}
    state["sync"] |= {**stuck, "next_try_ms": next_ms}


SIZES = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 780}, "has_touch": True},
    "zoom": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
}
"""`zoom`: what a window of 1280×800 has at 200 %."""


@pytest.mark.parametrize(
    ("language", "size", "large"),
    [
        ("zh-CN", "desk", False),
        ("en", "desk", True),
        ("zh-CN", "phone", True),
        ("en", "phone", False),
        ("fr", "zoom", False),
        ("zh-CN", "zoom", True),
    ],
)
def test_every_screen_can_be_read_and_touched(
    browser: Browser, screen: Screen, centre: FakeServer, language: str, size: str, large: bool
) -> None:
    who = f"L{language[:2]}{size}{int(large)}"
    with window(browser, screen, reduced_motion="reduce", **SIZES[size]) as page:
        page.select_option("#language", language)
        if large:
            page.locator("#large").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        looks_well(page)
        on_duty(page)
        looks_well(page)
        for text in (centre.print_badge(who), centre.print_badge(who), "RV1:AB"):
            wedge(page, text)
            expect(page.locator("#answer .word")).to_be_visible()
            looks_well(page)
        page.keyboard.press("Escape")
        looks_well(page)
        page.locator("#typed").click()
        page.locator("#number").fill("V00")
        expect(page.locator(".found button")).to_have_count(12)
        looks_well(page)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_kiosk_in_trouble_says_so_in_words(
    browser: Browser, screen: Screen, language: str
) -> None:
    with window(browser, screen) as page:
        with_state(page, everything_wrong)
        page.select_option("#language", language)
        on_duty(page)
        expect(page.locator("#concerns li")).to_have_count(13)
        looks_well(page)
        expect(page.locator("#clock")).to_have_class("clock doubted")
        expect(page.locator("#delivery")).to_have_attribute("data-kind", "stuck")
        words = page.locator("#delivery").inner_text()
        assert "1234" in words
        said = " ".join(page.locator("#concerns span").all_inner_texts())
        assert "concern." not in said
        assert ("中心" if language == "zh-CN" else "centre") in said


def test_an_answer_is_told_to_those_who_do_not_see_it(
    browser: Browser, screen: Screen, centre: FakeServer
) -> None:
    with window(browser, screen) as page:
        on_duty(page)
        wedge(page, centre.print_badge("L0099"))
        answer = page.locator("#answer")
        expect(answer).to_have_attribute("aria-live", "assertive")
        expect(answer).to_have_accessible_name("签到成功")
        assert page.locator("#answer .word use").get_attribute("href") == "#icon-in"


@pytest.mark.parametrize("language", ["ja", "ko", "fr"])
def test_a_volunteers_language_goes_back_by_itself(
    browser: Browser, screen: Screen, language: str
) -> None:
    with window(browser, screen) as page:
        page.clock.install()
        page.reload()
        on_duty(page)
        page.select_option("#language", language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert "ready" not in page.locator("#ready").inner_text()
        page.clock.fast_forward("01:01")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
