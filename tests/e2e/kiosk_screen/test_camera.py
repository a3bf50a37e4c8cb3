"""From a badge in view to its answer: a camera whose picture the test changes, and how long until somebody sees the word."""

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import qrcode
from playwright.sync_api import Browser, Page, expect

from server.badges.draw import draw_badge
from tests.e2e.kiosk_screen.conftest import MakeKiosk
from tests.e2e.kiosk_screen.screen import Screen, on_duty, window
from tests.kiosk.fakes import FakeServer

SHOWN, ANSWER_MS = 12, 300

STAGE = """() => {
  const stage = document.createElement('canvas');
  Object.assign(stage, { width: 1280, height: 720 });
  const context = stage.getContext('2d');
  let picture = null;
  setInterval(() => {
    context.fillStyle = '#667';
    context.fillRect(0, 0, 1280, 720);
    if (picture) context.drawImage(picture, 440, 160, 400, 400 * picture.height / picture.width);
  }, 33);
  navigator.mediaDevices.getUserMedia = async () => stage.captureStream(30);
  window.hold = async (png) => {
    const bytes = Uint8Array.from(atob(png), (sign) => sign.charCodeAt(0));
    picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    return performance.now();
  };
  window.away = () => { picture = null; };
  window.answered = (who) => new Promise((done) => {
    const look = () => {
      const answer = document.getElementById('answer');
      if (!answer.hidden && answer.querySelector('.who')?.textContent === who) done(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}"""


def hold(page: Page, picture: bytes, who: str) -> float:
    """Hold a badge before the camera; give the milliseconds until its answer is on the screen."""
    png = base64.b64encode(picture).decode()
    took = page.evaluate(
        "async ([png, who]) => { const began = await hold(png); return (await answered(who)) - began; }",
        [png, who],
    )
    page.evaluate("away()")
    return float(took)


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    return sorted(values)[len(values) // 2]


def test_an_answer_comes_before_anybody_wonders(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("quick").start()
    with window(browser, screen) as page:
        page.evaluate(STAGE)
        on_duty(page)
        expect(page.locator("#video")).to_be_visible()
        took = []
        for number in range(SHOWN):
            who = f"Q{number:03d}"
            took.append(hold(page, draw_badge(centre.print_badge(who), who), who))
        assert middle(took[1:]) < ANSWER_MS, took  # the first one starts the reader
        expect(page.locator("#duty li")).to_have_count(SHOWN)


def test_a_badge_that_stays_in_view_is_one_scan_and_counts_again_after_being_away(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("stays").start()
    with window(browser, screen) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(STAGE)
        on_duty(page)
        picture = draw_badge(centre.print_badge("S1"), "S1")
        png = base64.b64encode(picture).decode()
        page.evaluate("(png) => hold(png)", png)
        expect(page.locator("#answer .who")).to_have_text("S1")
        expect(page.locator("#answer")).to_be_hidden()
        assert sum(url.endswith("/api/scan") for url in asked) == 1
        page.evaluate("away()")
        page.wait_for_timeout(3_500)  # the real time that a badge has to be away
        page.evaluate("(png) => hold(png)", png)
        expect(page.locator("#answer")).to_have_attribute("data-kind", "again")
        assert sum(url.endswith("/api/scan") for url in asked) == 2


def test_an_enrolment_code_is_read_by_the_camera(
    browser: Browser, centre: FakeServer, tmp_path: Path
) -> None:
    code, out = centre.code(), BytesIO()
    qrcode.make(code).save(out)
    screen = Screen(tmp_path / "new").start()
    try:
        with window(browser, screen) as page:
            page.evaluate(STAGE)
            page.get_by_role("button", name="用摄像头扫登记码").click()
            page.evaluate("(png) => hold(png)", base64.b64encode(out.getvalue()).decode())
            expect(page.get_by_label("登记码（")).to_have_value(code)
    finally:
        screen.kill()
