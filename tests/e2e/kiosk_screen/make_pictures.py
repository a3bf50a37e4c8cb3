"""Make the pictures of the field guide: `python -m tests.e2e.kiosk_screen.make_pictures [--all FOLDER]`.

The screen itself, of a made-up site, in a real browser; small files, drawn again whenever the screen changes. With `--all`
every screen in both languages and sizes, large, to be looked at.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.badges.draw import draw_badge
from tests.e2e.browsers import launch
from tests.e2e.kiosk_screen.centre import enrol, make_centre
from tests.e2e.kiosk_screen.conftest import CAMERA_BADGE, show
from tests.e2e.kiosk_screen.lead_pictures import LEAD_GUIDE, lead_screens
from tests.e2e.kiosk_screen.screen import Screen, on_duty, wedge, window
from tests.e2e.kiosk_screen.test_looks import everything_wrong, with_state
from tests.e2e.processes import ROOT
from tests.kiosk.fakes import FakeServer, listening

FOLDER = ROOT / "docs" / "pictures"
WIDTH_PX = 640
GUIDE = (
    "setup",
    "start",
    "desk",
    "in",
    "out",
    "again",
    "check",
    "problem",
    "typed",
    "trouble",
    *LEAD_GUIDE,
)


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", type=Path)
    everywhere = parser.parse_args().all
    centre = make_centre()
    with listening(centre), sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "badge.mjpeg"
        film.write_bytes(show(draw_badge(centre.print_badge(CAMERA_BADGE), CAMERA_BADGE)))
        browser = launch(driver.chromium, f"--use-file-for-fake-video-capture={film}")
        if everywhere:
            _everywhere(browser, centre, Path(folder), everywhere)
        else:
            for name, picture in _screens(browser, centre, Path(folder) / "guide", "zh-CN"):
                if name in GUIDE:
                    _save(picture, FOLDER / f"kiosk-{name}.png")
        browser.close()


def _everywhere(browser: Browser, centre: FakeServer, folder: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    sizes = {"desk": (1280, 800, False), "phone": (390, 780, False), "large": (1280, 800, True)}
    for language in ("zh-CN", "en"):
        for size, (width, height, large) in sizes.items():
            home = folder / f"{language}-{size}"
            viewport = {"width": width, "height": height}
            for name, picture in _screens(browser, centre, home, language, viewport, large=large):
                (into / f"{language}-{size}-{name}.png").write_bytes(picture)


def _screens(
    browser: Browser,
    centre: FakeServer,
    home: Path,
    language: str,
    viewport: dict[str, int] | None = None,
    *,
    large: bool = False,
) -> Iterator[tuple[str, bytes]]:
    """Give each screen by name, on a kiosk of its own."""
    options = {"viewport": viewport or {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
    screen = Screen(home).start()
    try:
        with _speaking(browser, screen, language, large, options) as page:
            expect(page.locator("#screen")).to_be_visible()
            yield "setup", page.screenshot()
            enrol(centre, home)
            yield from _at_work(page, centre)
        with _speaking(browser, screen, language, large, options) as page:
            yield from lead_screens(page, centre, language)
        with _speaking(browser, screen, language, large, options) as page:
            with_state(page, everything_wrong)
            on_duty(page)
            expect(page.locator("#concerns li")).to_have_count(13)
            page.keyboard.press("Escape")
            yield "trouble", page.screenshot()
        with _speaking(browser, screen, language, large, options) as page:
            damaged = {"error": {"code": "store_damaged", "detail": ""}}
            page.route("**/api/state", lambda route: route.fulfill(status=503, json=damaged))
            expect(page.locator("#stopped")).to_be_visible()
            yield "stopped", page.screenshot()
    finally:
        screen.kill()


def _at_work(page: Page, centre: FakeServer) -> Iterator[tuple[str, bytes]]:
    expect(page.locator("#start")).to_be_visible()
    yield "start", page.screenshot()
    on_duty(page)
    expect(page.locator("#answer")).to_be_visible()
    yield "in", page.screenshot()
    page.keyboard.press("Escape")
    for kind, act in {
        "out": lambda: (page.locator("#mode label").nth(2).click(), wedge(page, centre.print_badge(CAMERA_BADGE))),
        "again": lambda: wedge(page, centre.print_badge(CAMERA_BADGE)),
        "check": lambda: wedge(page, FakeServer(centre.clock).print_badge("V0001")),
        "problem": lambda: (_full(page), wedge(page, centre.print_badge("V0002"))),
    }.items():  # fmt: skip
        act()
        expect(page.locator(f'#answer[data-kind="{kind}"]')).to_be_visible()
        yield kind, page.screenshot()
        page.keyboard.press("Escape")
        if kind == "out":
            page.locator("#mode label").nth(0).click()
    page.unroute("**/api/scan")
    for who in ("V0003", "V0017", "V0025"):
        wedge(page, centre.print_badge(who))
        expect(page.locator("#answer .who")).to_have_text(who)
    page.keyboard.press("Escape")
    expect(page.locator("#duty li")).to_have_count(3)
    yield "desk", page.screenshot()
    page.locator("#typed").click()
    page.locator("#number").fill("V000")
    expect(page.locator(".found button").first).to_be_visible()
    yield "typed", page.screenshot()
    page.keyboard.press("Escape")
    page.locator("#sync").click()
    expect(page.locator(".result")).to_be_visible(timeout=20_000)
    yield "synced", page.screenshot()


def _full(page: Page) -> None:
    """Let the next scan meet a full disk."""
    full = {"error": {"code": "disk_full", "detail": ""}}
    page.route("**/api/scan", lambda route: route.fulfill(status=507, json=full))


@contextmanager
def _speaking(
    browser: Browser, screen: Screen, language: str, large: bool, options: dict[str, object]
) -> Iterator[Page]:
    with window(browser, screen, calm=False, **options) as page:
        page.select_option("#language", language)
        expect(page.locator("html")).to_have_attribute("lang", language)
        if large:
            page.locator("#large").click()
        yield page


def _save(picture: bytes, file: Path) -> None:
    """Write a small file: half the size, few colours."""
    file.parent.mkdir(exist_ok=True)
    small = Image.open(BytesIO(picture)).convert("RGB")
    small.thumbnail((WIDTH_PX, WIDTH_PX), Image.Resampling.LANCZOS)
    small.quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    main()
