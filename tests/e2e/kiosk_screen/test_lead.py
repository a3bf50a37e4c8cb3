"""Every task of a lead, in a real browser: PIN, walk-ins, entries by hand, end of shift, paper, gear, hand-over, settings."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kiosk import device
from kiosk.app import open_kiosk
from kiosk.log import bodies, read_head
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.me import read_me
from kiosk.neighbours.porch import Porch
from kiosk.store import open_store
from schemas.entry import Attest, Handout, Handover, Note, Scan, Void, WalkIn
from sync import canonical
from sync.enrolment import EnrolmentCode
from sync.ids import server_fingerprint
from tests.e2e.kiosk_screen.centre import enrol, make_centre
from tests.e2e.kiosk_screen.screen import Screen, on_duty, wedge, window
from tests.e2e.kiosk_screen.test_looks import looks_well
from tests.kiosk.fakes import FakeServer, listening

LEAD, PIN = "L001", "480 913 x"
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}


def code_of(centre: FakeServer) -> str:
    """Give the code with which the kiosk was enrolled: the last one that this centre made."""
    number, secret = list(centre.codes.items())[-1]
    return EnrolmentCode(bytes.fromhex(number), secret, server_fingerprint(centre.public)).text()


@pytest.fixture(scope="module")
def own_centre() -> Iterator[FakeServer]:
    """A centre of which the code is known."""
    made = make_centre()
    with listening(made):
        yield made


@pytest.fixture(scope="module")
def led(own_centre: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The screen of a kiosk, shared by the tests of this file; the first test makes its lead."""
    home = tmp_path_factory.mktemp("kiosk") / "home"
    enrol(own_centre, home)
    made = Screen(home).start()
    yield made
    made.kill()


def fill(page: Page, **fields: str) -> None:
    """Fill fields by name."""
    for name, text in fields.items():
        page.locator(f'#screen [name="{name}"]').first.fill(text)


def come(page: Page, centre: FakeServer, language: str = "zh-CN") -> None:
    """Become the lead at the screen; the first time by the enrolment code."""
    page.select_option("#language", language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    on_duty(page)
    page.locator("#lead-ways button").click()
    page.locator("#screen form").wait_for()
    if page.locator('#screen [name="code"]').count():
        fill(page, code=code_of(centre), who=LEAD, pin=PIN, again=PIN)
    else:
        fill(page, who=LEAD, pin=PIN)
    page.locator("#screen .confirm").click()
    expect(page.locator(".tasks button")).to_have_count(10)


def task(page: Page, title: str) -> None:
    """Open a task."""
    page.locator(f'[data-way="{title}"]').click()
    expect(page.locator("#screen")).to_have_attribute("data-screen", "lead-" + title.split(".")[0].replace("_", "-"))  # fmt: skip


def found(screen: Screen, kind: type) -> list:  # type: ignore[type-arg]
    """Give the entries of a kind of this kiosk."""
    store = open_store(screen.home)
    identity = device.require_identity(store)
    head = read_head(store.db, identity).seq
    entries = list(map(canonical.understand, bodies(store.db, identity, 1, head)))
    store.close()
    return [entry for entry in entries if isinstance(entry, kind)]


def says(page: Page, level: str = "fine") -> None:
    """Wait for the word that it went well, or not."""
    expect(page.locator(f'#screen .result[data-level="{level}"]').first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "size"), [("zh-CN", DESK), ("en", DESK), ("zh-CN", PHONE), ("en", PHONE)]
)
def test_every_screen_of_the_lead_can_be_read_and_touched(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str, size: dict[str, int]
) -> None:
    with window(browser, led, viewport=size, reduced_motion="reduce") as page:
        come(page, own_centre, language)
        looks_well(page)
        for title in page.locator(".tasks button").evaluate_all("all => all.map((one) => one.dataset.way)"):  # fmt: skip
            page.locator(f'[data-way="{title}"]').click()
            expect(page.locator("#screen")).not_to_have_attribute("data-screen", "lead")
            for part in page.locator("#screen summary").all():
                part.click()
            words = page.locator("#screen").inner_text()
            assert not any(f"{key}." in words for key in ("lead", "reason", "field", "settings")), (
                words
            )
            looks_well(page)
            page.locator(".back").click()
            expect(page.locator("#screen")).to_have_attribute("data-screen", "lead")


def test_a_wrong_pin_says_so_and_the_right_one_comes_in(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led, calm=False) as page:
        come(page, own_centre)
        page.locator('[data-way="lead.leave"]').click()
        expect(page.locator("#screen")).to_be_hidden()
        page.locator("#lead-ways button").click()
        fill(page, who=LEAD, pin="no such pin")
        page.locator("#screen .confirm").click()
        says(page, "red")
        fill(page, who=LEAD, pin=PIN)
        page.locator("#screen .confirm").click()
        expect(page.locator(".tasks")).to_be_visible()


def test_the_lead_goes_by_itself_after_a_while(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        page.clock.install()
        page.reload()
        come(page, own_centre)
        task(page, "by_hand.title")
        page.clock.fast_forward("03:01")
        expect(page.locator("#screen")).to_be_hidden()
        page.locator("#lead-ways button").click()
        expect(page.locator('#screen [name="pin"]')).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_walk_in_is_registered_and_scans_out_by_the_code(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str
) -> None:
    with window(browser, led, calm=False) as page:
        come(page, own_centre, language)
        task(page, "walk_in.title")
        fill(page, name="王小梅", phone="138 0013 8000", called="小梅")
        page.locator("#screen .confirm").click()
        says(page, "red")
        page.locator("#screen .tick input").nth(1).check()
        page.locator("#screen .confirm").click()
        expect(page.locator(".ticket .short")).to_be_visible()
        number = page.locator(".ticket .whole").inner_text()
        page.wait_for_function("() => document.querySelector('.ticket img').naturalWidth > 200")
        entry = found(led, WalkIn)[-1]
        assert (entry.who, entry.by) == (number, LEAD)
        page.locator("#screen .back").click()
        page.locator("#screen .back").click()
        page.locator("#mode label").nth(2).click()
        wedge(page, f"RVT:{number}")
        expect(page.locator('#answer[data-kind="out"] .who')).to_have_text(number)
        page.locator("#mode label").nth(0).click(force=True)


def test_an_entry_by_hand_now_and_at_a_time(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        task(page, "by_hand.title")
        fill(page, who="V0007")
        page.locator('[data-way="reason.no_badge"]').click()
        page.locator("#screen .confirm").click()
        says(page)
        scan = found(led, Scan)[-1]
        assert (scan.who, scan.by, scan.direction, scan.how) == ("V0007", LEAD, "in", "typed")
        fill(page, who="V0008")
        page.locator('#screen .mode label:has([value="then"])').click()
        fill(page, time="0001")
        page.locator("#screen .confirm").click()
        says(page)
        stated = found(led, Attest)[-1]
        assert (stated.who, stated.by, stated.how, stated.reason) == (
            "V0008",
            LEAD,
            "lead",
            "忘带证件",
        )


def test_who_is_still_here_is_signed_out_with_one_tap(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        page.locator(".back").click()
        for who in ("V0011", "V0012"):
            wedge(page, own_centre.print_badge(who))
            expect(page.locator("#answer .who")).to_have_text(who)
        page.keyboard.press("Escape")
        page.locator("#lead-ways button").click()
        task(page, "still_here.title")
        row = page.locator('#screen li[data-who="V0011"]')
        row.locator('[data-way="still_here.now"]').click()
        expect(row.locator(".ended-word")).to_be_visible()
        expect(page.locator("#duty")).not_to_contain_text("V0011")
        scan = found(led, Scan)[-1]
        assert (scan.who, scan.direction, scan.by) == ("V0011", "out", LEAD)


def test_a_paper_sheet_is_entered_by_keyboard_alone(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        task(page, "paper.title")
        page.locator('#screen [name="day"]').fill("2026-11-20")
        page.locator('[data-way="reason.no_power"]').click()
        page.locator('[data-cell="1-who"]').focus()
        for row in range(1, 31):
            for text in (f"P{row:03d}", "0800", "1130"):
                page.keyboard.type(text)
                page.keyboard.press("Enter")
        page.locator('[data-cell="2-in"]').fill("25:00")
        page.locator("#screen .confirm").click()
        says(page, "red")
        expect(page.locator("tr.wrong")).to_have_count(1)
        assert not [one for one in found(led, Attest) if one.how == "paper"]
        page.locator('[data-cell="2-in"]').fill("8:00")
        page.locator("#screen .confirm").click()
        says(page)
        written = [one for one in found(led, Attest) if one.how == "paper"]
        assert len(written) == 60
        assert {(one.by, one.reason) for one in written} == {(LEAD, "停电")}


def test_gear_goes_out_and_comes_back(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        task(page, "gear.title")
        fill(page, who="V0021", count="3")
        page.locator('[data-way="gear.mask"]').click()
        page.locator("#screen .confirm").click()
        row = page.locator('#screen li[data-who="V0021"]')
        expect(row).to_contain_text("口罩 × 3")
        row.locator("button").click()
        expect(row).to_have_count(0)
        moved = [(one.item, one.count, one.by) for one in found(led, Handout)]
        assert moved == [("口罩", 3, LEAD), ("口罩", -3, LEAD)]


def test_a_hand_over_says_where_heads_differ_and_ends_the_session(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        task(page, "handover.title")
        fill(page, present="999", to="L002", text="口罩不多了")
        expect(page.locator("#screen .warned")).to_be_visible()
        page.locator("#screen .confirm").click()
        expect(page.locator("#screen")).to_be_hidden()
        handed = found(led, Handover)[-1]
        assert (handed.by, handed.to, handed.present, handed.text) == (LEAD, "L002", 999, "口罩不多了")  # fmt: skip
        page.locator("#lead-ways button").click()
        expect(page.locator('#screen [name="pin"]')).to_be_visible()


def test_an_entry_is_taken_back_from_the_log_of_everything_done(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        page.locator(".back").click()
        wedge(page, own_centre.print_badge("V0030"))
        expect(page.locator("#answer .who")).to_have_text("V0030")
        page.keyboard.press("Escape")
        page.locator("#lead-ways button").click()
        task(page, "journal.title")
        row = page.locator('#screen li[data-kind="scan"]').first
        expect(row).to_contain_text("V0030")
        row.locator('[data-way="journal.void"]').click()
        row.locator('[data-way="reason.wrong_person"]').click()
        row.locator(".confirm").click()
        expect(row.locator(".ended-word")).to_be_visible()
        void = found(led, Void)[-1]
        assert (void.by, void.reason) == (LEAD, "扫错人")


def test_a_duty_card_is_read_once_and_a_slip_is_shown(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led, reduced_motion="reduce") as page:
        come(page, own_centre)
        task(page, "settings.title")
        page.locator('[data-part="settings.card"] summary').click()
        card = page.locator('[data-part="settings.card"]')
        for name, text in {
            "what": "测温、验码",
            "how": "一米线外",
            "protect": "口罩、手套",
        }.items():
            card.locator(f'[name="{name}"]').fill(text)
        card.locator(".confirm").click()
        expect(card.locator(".result")).to_have_attribute("data-level", "fine")
        page.locator(".back").click()
        page.locator(".back").click()
        wedge(page, own_centre.print_badge("V0041"))
        expect(page.locator(".duty-card")).to_contain_text("一米线外")
        looks_well(page)
        page.locator('[data-way="card.seen"]').click()
        expect(page.locator("#answer")).to_be_hidden()
        assert [(one.who, one.by) for one in found(led, Note) if one.topic == "duty_card"] == [("V0041", "")]  # fmt: skip
        wedge(page, own_centre.print_badge("V0041"))
        expect(page.locator('#answer[data-kind="again"]')).to_be_visible()
        page.locator('[data-way="slip"]').click()
        picture = page.locator("#answer img.slip")
        expect(picture).to_be_visible()
        page.wait_for_function(
            "() => document.querySelector('#answer img.slip').naturalWidth > 300"
        )
        looks_well(page)


def test_who_was_warned_about_goes_on_with_a_reason(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    def tired(route: Route) -> None:
        answer = route.fetch().json()
        answer["warned"] = [{"code": "short_rest", "figure": 3}]
        route.fulfill(json=answer)

    with window(browser, led, reduced_motion="reduce") as page:
        come(page, own_centre)
        page.locator(".back").click()
        page.route("**/api/scan", tired)
        wedge(page, own_centre.print_badge("V0051"))
        expect(page.locator("#answer .warned")).to_contain_text("3 小时")
        looks_well(page)
        page.locator('[data-way="warned.lead"]').click()
        task(page, "warned.title")
        row = page.locator('#screen li[data-who="V0051"]')
        row.locator('[data-way="reason.nobody_else"]').click()
        looks_well(page)
        row.locator(".confirm").click()
        expect(row.locator(".ended-word")).to_be_visible()
        note = found(led, Note)[-1]
        assert (note.topic, note.who, note.text, note.by) == ("warned", "V0051", "无人接班", LEAD)


STICK = {
    "folder": "/media/stick",
    "name": "STICK",
    "free_bytes": 8_000_000_000,
    "is_writable": True,
    "files": ["S1.reply.rvb"],
}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_stick_is_followed_until_it_may_be_pulled_out(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str
) -> None:
    idle = {"kind": "", "is_running": False, "result": None, "problem": "", "bytes": 0}
    exported = {"file": "S1.rvb", "entries": 12, "bytes": 4096, "left": 0}
    tasks = [
        idle,
        {**idle, "kind": "export", "is_running": True, "bytes": 2048},
        {**idle, "kind": "export", "result": exported},
        {**idle, "kind": "accept", "problem": "truncated"},
    ]
    at = [0]

    def stands(route: Route) -> None:
        route.fulfill(json={"media": [STICK], "task": tasks[at[0]]})

    def begun(route: Route) -> None:
        at[0] += 1
        route.fulfill(json={})

    with window(browser, led, reduced_motion="reduce") as page:
        come(page, own_centre, language)
        page.route("**/api/lead/media", stands)
        page.route("**/api/lead/export", begun)
        page.route("**/api/lead/accept", begun)
        task(page, "stick.title")
        page.locator('[data-way="stick.export"]').click()
        expect(page.locator("#screen .note[role=status]")).to_contain_text("2 KB")
        expect(page.locator('[data-way="stick.export"]')).to_be_disabled()
        looks_well(page)
        at[0] += 1
        expect(page.locator('#screen .result[data-level="fine"]')).to_contain_text("12")
        looks_well(page)
        page.locator('[data-file="S1.reply.rvb"]').click()
        expect(page.locator('#screen .result[data-level="red"]')).to_be_visible()


def test_a_full_kiosk_is_not_wiped(browser: Browser, led: Screen, own_centre: FakeServer) -> None:
    with window(browser, led, calm=False) as page:
        come(page, own_centre)
        page.locator(".back").click()
        wedge(page, own_centre.print_badge("V0052"))
        expect(page.locator("#answer .who")).to_have_text("V0052")
        page.keyboard.press("Escape")
        page.locator("#lead-ways button").click()
        task(page, "settings.title")
        end = page.locator('[data-part="settings.end"]')
        end.locator("summary").click()
        end.locator('[name="site"]').fill("S1")
        for way in ("settings.wipe", "settings.unenrol"):
            end.locator(f'[data-way="{way}"]').click()
            expect(end.locator('.result[data-level="red"]')).to_contain_text("没有送达")
        assert found(led, Scan)


def test_nothing_of_the_lead_stays_in_the_browser(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")  # fmt: skip
        assert LEAD not in kept
        page.reload()
        on_duty(page)
        page.locator("#lead-ways button").click()
        expect(page.locator('#screen [name="pin"]')).to_be_visible()


@contextmanager
def a_neighbour(centre: FakeServer, home: Path) -> Iterator[str]:
    """Let a second kiosk of this centre listen on this machine; give its address."""
    enrol(centre, home)
    second = open_kiosk(home)
    porch = Porch(lambda: second.clock.read().mono_ms, second.chance, read_me(second))
    listener = Listener("127.0.0.1", 0, porch, second.home)
    listener.start()
    yield f"127.0.0.1:{listener.port}"
    listener.stop()
    second.store.close()


def test_neighbours_are_turned_on_typed_and_named_by_sync_now(
    browser: Browser, led: Screen, own_centre: FakeServer, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        page = stack.enter_context(window(browser, led, calm=False))  # one address is refused
        come(page, own_centre)
        nearby = stack.enter_context(a_neighbour(own_centre, tmp_path / "second"))
        task(page, "settings.title")
        part = page.locator('[data-part="settings.near"]')
        part.locator("summary").click()
        part.locator('[data-way="settings.near.on"]').click()
        expect(part.locator('[data-way="settings.near.off"]')).to_be_visible()
        part.locator('[name="address"]').fill("www.example.com")
        part.locator(".confirm").click()
        expect(part.locator('.result[data-level="red"]')).to_contain_text("地址")
        part.locator('[name="address"]').fill(nearby)
        part.locator(".confirm").click()
        expect(part.locator(f'[data-address="{nearby}"]')).to_be_visible()
        looks_well(page)
        page.locator(".back").click()
        page.locator(".back").click()
        page.locator("#sync").click()
        line = page.locator(f'#screen [data-neighbour="{nearby}"]')
        expect(line).to_contain_text(f"邻机 S1 {nearby} 存有本机", timeout=30_000)
        looks_well(page)
        page.locator("#screen .back").click()
        page.locator("#lead-ways button").click()
        task(page, "settings.title")
        part.locator("summary").click()
        expect(part.locator(".people").first).to_contain_text(nearby)
        part.locator(f'[data-address="{nearby}"] button').click()
        expect(part.locator(f'[data-address="{nearby}"]')).to_have_count(0)
        part.locator('[data-way="settings.near.off"]').click()
        expect(part.locator('[data-way="settings.near.on"]')).to_be_visible()
    assert [note.text for note in found(led, Note) if note.text.startswith("neighbours")] == [
        "neighbours on 0.0.0.0:8711",
        f"neighbours add {nearby}",
        f"neighbours remove {nearby}",
        "neighbours off",
    ]
