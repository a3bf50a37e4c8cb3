"""The lead's screens, for the field guide and to be looked at."""

from collections.abc import Iterator

from playwright.sync_api import Page, Route, expect

from tests.e2e.kiosk_screen.screen import wedge
from tests.e2e.kiosk_screen.test_lead import come, fill, task
from tests.e2e.kiosk_screen.test_names import until_named, with_names, with_needs, without_needs
from tests.kiosk.fakes import FakeServer

LEAD_GUIDE = (
    *(
        "lead",
        "lead-ticket",
        "lead-still-here",
        "lead-paper",
        "lead-card",
        "lead-slip",
        "lead-near",
    ),
    *("lead-by-hand", "lead-named", "lead-unfit", "lead-warned"),
)
_CARD = {
    "what": "测温、查验健康码，登记外来车辆",
    "how": "一米线外排队，一人一测；发热的请到旁边等，马上报告",
    "protect": "口罩、手套，两小时换一次；回家先洗手",
}


def lead_screens(page: Page, centre: FakeServer, language: str) -> Iterator[tuple[str, bytes]]:
    """Give each screen of the lead by name; the kiosk has no lead yet."""
    with_names(centre)
    come(page, centre, language)
    until_named(page)
    yield "lead", page.screenshot()
    for way in page.locator(".tasks button").evaluate_all(
        "all => all.map((one) => one.dataset.way)"
    ):
        page.locator(f'[data-way="{way}"]').click()
        page.wait_for_timeout(400)
        if way == "paper.title":
            _sheet(page)
        if way == "by_hand.title":
            page.locator('#screen [name="who"]').fill("oyh")
            expect(page.locator(".found .called")).to_be_visible()
        if way == "warned.title":  # drawn below, with somebody in it
            page.locator(".back").click()
            continue
        yield f"lead-{way.split('.')[0].replace('_', '-')}", page.screenshot()
        if way == "walk_in.title":
            yield "lead-ticket", _ticket(page)
        page.locator(".back").click()
    yield "lead-near", _neighbours(page)
    _write_card(page)
    wedge(page, centre.print_badge("V0033"))
    expect(page.locator(".duty-card")).to_be_visible()
    yield "lead-card", page.screenshot()
    page.locator('[data-way="slip"]').click()
    page.wait_for_function("() => document.querySelector('#answer img.slip').naturalWidth > 300")
    yield "lead-slip", page.screenshot()
    yield from _named_and_warned(page, centre)


def _named_and_warned(page: Page, centre: FakeServer) -> Iterator[tuple[str, bytes]]:
    """Somebody who scans while the lead is there; then at a post that needs what they lack."""
    page.keyboard.press("Escape")
    wedge(page, centre.print_badge("V0001"))
    expect(page.locator("#answer .called")).to_be_visible(timeout=20_000)
    yield "lead-named", page.screenshot()
    page.keyboard.press("Escape")
    with_needs(centre)
    page.evaluate("async () => (await import('/static/js/api.js')).post('/api/sync', {})")
    page.wait_for_timeout(2_500)
    wedge(page, centre.print_badge("V0002"))
    expect(page.locator("#answer .warned").first).to_be_visible(timeout=20_000)
    yield "lead-unfit", page.screenshot()
    page.locator('[data-way="warned.lead"]').click()
    task(page, "warned.title")
    yield "lead-warned", page.screenshot()
    without_needs(centre)


def _sheet(page: Page) -> None:
    page.locator('[data-way="reason.no_power"]').click()
    for row, cells in enumerate((("V0004", "0800", "1130"), ("V0009", "0805", "1200")), 1):
        for name, text in zip(("who", "in", "out"), cells, strict=True):
            page.locator(f'[data-cell="{row}-{name}"]').fill(text)


def _ticket(page: Page) -> bytes:
    fill(page, name="王小梅", phone="138 0000 0000", called="小梅")
    page.locator("#screen .tick input").nth(1).check()
    page.locator("#screen .confirm").click()
    picture = page.locator(".ticket img")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.ticket img').naturalWidth > 200")
    return page.screenshot()


def _neighbours(page: Page) -> bytes:
    """The settings of neighbours, as they are where one was met: the network is made up."""
    met = {
        "address": "192.168.1.20:8711",
        "log": "a" * 32,
        "site": "S1",
        "problem": "",
        "holds": 12,
    }

    def told(route: Route) -> None:
        reply = route.fetch()
        near = {"on": True, "own": ["192.168.1.10:8711"], "addresses": []}
        now_ms = page.evaluate("() => Date.now()")
        fields = reply.json() | {"neighbours": near | {"met": [met | {"met_ms": now_ms}]}}
        route.fulfill(response=reply, json=fields)

    page.route("**/api/lead/settings", told)
    task(page, "settings.title")
    part = page.locator('[data-part="settings.near"]')
    part.locator("summary").click()
    part.locator("li").scroll_into_view_if_needed()
    picture = page.screenshot()
    page.unroute("**/api/lead/settings")
    page.locator(".back").click()
    return picture


def _write_card(page: Page) -> None:
    task(page, "settings.title")
    page.locator('[data-part="settings.card"] summary').click()
    part = page.locator('[data-part="settings.card"]')
    for name, text in _CARD.items():
        part.locator(f'[name="{name}"]').fill(text)
    part.locator(".confirm").click()
    expect(part.locator(".result")).to_have_attribute("data-level", "fine")
    page.locator(".back").click()
    page.locator(".back").click()
