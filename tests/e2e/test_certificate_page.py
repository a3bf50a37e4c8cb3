"""The public page of certificates in a real browser, as wide as a phone: by code, by address, by hand; and what it never does."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from server.certificates.code import code_text, said_of
from server.certificates.withdraw import withdraw
from server.config import Config
from server.services import open_services
from server.setup import set_up
from tests.e2e.console.conftest import Console, serve
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.builders import ServerClock
from tests.server.certificates.desk import LATE_H, issue
from tests.server.conftest import TABLES, import_text

PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A centre with a closed month of V1 and V2."""
    clock = ServerClock()
    set_up(Config(tmp_path / "home"), clock.clock())
    services = open_services(Config(tmp_path / "home"), clock.clock())
    for kind in ("regions", "teams", "sites", "volunteers"):
        import_text(services, tmp_path, kind, TABLES[kind])
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V2", 16, 19)
    found.sync(LATE_H)
    found.close()
    yield found
    services.database.close()


@pytest.fixture
def public(desk: Desk) -> Iterator[Console]:
    """Its public page."""
    with serve(desk.services, desk.clock) as console:
        yield console


def said(page: Page, words: str) -> None:
    """Wait until the page says this."""
    page.wait_for_function("w => document.getElementById('zh').textContent.includes(w)", arg=words)


def shoot(page: Page, name: str) -> None:
    """Keep a picture, if they are wanted."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"certificate-{name}.png", full_page=True)


def test_anybody_sees_how_a_certificate_stands(
    desk: Desk, public: Console, browser: Browser
) -> None:
    made, other = issue(desk, "V1"), issue(desk, "V2")
    key = desk.services.signer.keys.badges[made.entry.key]
    link = code_text(key, said_of(made.entry, made.issued_ms, made.name), public.url)
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))

    page.goto(link)
    said(page, "有效")
    shoot(page, "good")
    facts = page.inner_text("#facts")
    assert "志*1" in facts
    assert made.entry.number in facts
    assert "4.00" in facts
    assert page.url == f"{public.url}/c"  # nothing is left in the history
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not any("RVC1" in url for url in asked)
    assert all(url.startswith(public.url) for url in asked)

    page.goto("about:blank")
    page.goto(link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB"))
    said(page, "不是原件")
    shoot(page, "altered")

    page.goto(f"{public.url}/c/{other.entry.number}")
    said(page, "有效")
    services = desk.services
    withdraw(services.database, services.central, CITY, other.entry.number, "误发")
    page.reload()
    said(page, "已作废")
    assert not page.locator("#facts").is_visible()

    page.goto(f"{public.url}/c")
    page.get_by_label("证明编号").fill("2026-00000-00000")
    page.get_by_role("button").click()
    said(page, "没有这份证明")
    shoot(page, "unknown")
    page.route("**/c/check", lambda route: route.abort())
    page.get_by_role("button").click()
    said(page, "现在查不到")
    assert context.cookies() == []
    assert [words for words in troubles if "ERR_FAILED" not in words] == []
    context.close()
