"""The page that a phone opens from a slip's code, in a real browser: what it says, and what it never does."""

from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Enrolled
from tests.e2e.processes import Centre


def said(page: Page, words: str) -> None:
    """Wait until the page says this."""
    page.wait_for_function("w => document.getElementById('zh').textContent.includes(w)", arg=words)


def test_a_phone_delivers_a_scan_and_says_so(
    centre: Centre, enrolled: Enrolled, browser: Browser
) -> None:
    centre.start("--no-scheduler")
    kiosk = enrolled("shown", "S1")
    kiosk.done("scan", "V1", "--typed")
    link = kiosk.done("slip")["link"]
    page = browser.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))

    page.goto(link)
    said(page, "已送达中心")
    assert page.url == f"{centre.url}/s"  # nothing is left in the history
    page.goto("about:blank")
    page.goto(link)
    said(page, "早已收到")
    slip = link.partition("#")[2]
    assert all(url.startswith(centre.url) or url == "about:blank" for url in asked)
    assert not any(slip in url.partition("#")[0] for url in asked)
    assert not troubles
    assert centre.command("hours").data[0]["records"] == 1

    page.goto("about:blank")
    page.goto(link[:-9])
    said(page, "没有读全")
    page.goto("about:blank")
    page.goto(f"{centre.url}/s")
    said(page, "这里没有签到码")

    page.goto("about:blank")
    page.route("**/sync/v1/slip", lambda route: route.abort())
    page.goto(link)
    said(page, "现在送不到")
    page.unroute("**/sync/v1/slip")
    page.get_by_role("button").click()
    said(page, "早已收到")
    page.close()
