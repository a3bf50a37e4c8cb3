"""Names for a lead at the screen, and what is said of who signs in without what the post needs: in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from schemas.entry import Note, Scan
from server.people.readings import readings
from sync.site_names import fold
from tests.e2e.kiosk_screen.centre import enrol, make_centre
from tests.e2e.kiosk_screen.screen import Screen, on_duty, wedge, window
from tests.e2e.kiosk_screen.test_lead import LEAD, PIN, come, fill, found, says, task
from tests.e2e.kiosk_screen.test_looks import looks_well
from tests.kiosk.fakes import FakeServer, listening

PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}
PEOPLE = {
    "V0001": ("欧阳𬭎", "红十字应急一队"),
    "V0002": ("阿依古丽·买买提", "东门社区服务队"),
    "V0003": ("单小明", ""),
}


def with_names(centre: FakeServer) -> None:
    """Let a centre know people by name."""
    for number, (name, team) in PEOPLE.items():
        words = dict.fromkeys([fold(name), *(text for way in readings(name) for text in way)])
        centre.called[number] = (name, team, " ".join(words))


def with_needs(centre: FakeServer) -> None:
    """Let its kiosks stand at a post that needs something, and know who has it."""
    centre.post = "P01"
    centre.needs = {"P01": "insurance;training:测温与防护;age:18"}
    has = "insurance=..;training:测温与防护=..;age:18=.."
    centre.fits = {"V0001": has, "V0002": "age:18=..", "V0003": "", "V0004": ""}


def without_needs(centre: FakeServer) -> None:
    """Let nothing be needed again."""
    centre.post, centre.needs, centre.fits = "", {}, {}


@pytest.fixture(scope="module")
def own_centre() -> Iterator[FakeServer]:
    """A centre that knows people by name."""
    made = make_centre()
    with_names(made)
    with_needs(made)
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


def until_named(page: Page) -> None:
    """Wait until the names are there: the sync behind the first PIN delivers the key, the next one brings them."""
    for _ in range(40):
        told = page.evaluate(
            """async () => {
              const { get } = await import('/static/js/api.js');
              return (await get('/api/lead/names')).told;
            }"""
        )
        if told:
            return
        page.evaluate("async () => (await import('/static/js/api.js')).post('/api/sync', {})")
        page.wait_for_timeout(500)
    raise AssertionError("no names came")


@pytest.mark.parametrize(
    ("language", "size", "typed", "name"),
    [
        ("zh-CN", DESK, "oyh", "欧阳𬭎 · 红十字应急一队"),
        ("en", PHONE, "买买提", "阿依古丽·买买提 · 东门社区服务队"),
    ],
)
def test_a_lead_finds_people_by_name_and_initials(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str, size: dict[str, int], typed: str, name: str
) -> None:  # fmt: skip
    with window(browser, led, viewport=size, reduced_motion="reduce") as page:
        come(page, own_centre, language)
        until_named(page)
        task(page, "by_hand.title")
        page.locator('#screen [name="who"]').fill(typed)
        person = page.locator(".found [data-number]")
        expect(person.locator(".called")).to_have_text(name)
        looks_well(page)
        person.click()
        page.locator('[data-way="reason.no_badge"]').click()
        page.locator("#screen .confirm").click()
        says(page)
        number = next(number for number, known in PEOPLE.items() if name.startswith(known[0]))
        assert [scan.who for scan in found(led, Scan)][-1] == number


def test_a_scan_names_the_person_while_the_lead_is_there_and_not_after(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        page.clock.install()
        page.reload()
        come(page, own_centre)
        until_named(page)
        page.locator(".back").click()
        wedge(page, own_centre.print_badge("V0001"))
        expect(page.locator("#answer .called")).to_have_text("欧阳𬭎 · 红十字应急一队")
        looks_well(page)
        page.keyboard.press("Escape")
        page.locator("#typed").click()
        for key in "SXM":
            page.locator(f'.keys button[value="{key}"]').click()
        page.clock.run_for(400)
        expect(page.locator(".found .called")).to_have_text("单小明")
        expect(page.locator(".typed .confirm")).to_be_disabled()  # initials are no number
        page.clock.fast_forward("03:01")
        expect(page.locator(".called")).to_have_count(0)
        assert "单小明" not in page.content()
        page.keyboard.press("Escape")
        wedge(page, own_centre.print_badge("V0002"))
        expect(page.locator("#answer .who")).to_have_text("V0002")
        expect(page.locator("#answer .called")).to_have_count(0)
        assert not any(name in page.content() for name, _ in PEOPLE.values())


@pytest.mark.parametrize(
    ("language", "size", "who", "said"),
    [
        (
            "zh-CN",
            PHONE,
            "V0003",
            ["没有有效的保险", "没有“测温与防护”培训", "没有满 18 周岁的记录"],
        ),
        (
            "en",
            DESK,
            "V0004",
            [
                "No insurance in force",
                "Training “测温与防护” is missing",
                "No record of being 18 or older",
            ],
        ),
    ],
)
def test_who_lacks_what_the_post_needs_is_recorded_and_the_lead_lets_them_go_on(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str, size: dict[str, int], who: str, said: list[str]
) -> None:  # fmt: skip
    with window(browser, led, viewport=size, reduced_motion="reduce") as page:
        page.select_option("#language", language)
        on_duty(page)
        before = len(found(led, Scan))
        wedge(page, own_centre.print_badge(who))
        expect(page.locator("#answer .warned")).to_have_count(3)
        assert [one.strip() for one in page.locator("#answer .warned").all_inner_texts()] == said
        assert len(found(led, Scan)) > before
        looks_well(page)
        page.locator('[data-way="warned.lead"]').click()
        come_in(page)
        task(page, "warned.title")
        looks_well(page)
        page.locator('[data-way="reason.insured_else"]').click()
        page.locator("#screen .confirm").click()
        expect(page.locator(".ended-word")).to_contain_text(who)
        assert [note.who for note in found(led, Note) if note.topic == "warned"][-1] == who


@pytest.mark.parametrize("language", ["ja", "ko", "fr"])
def test_a_volunteer_reads_the_warning_in_their_language(
    browser: Browser, led: Screen, own_centre: FakeServer, language: str
) -> None:
    """Somebody whom the centre told nothing of: said, too, and recorded."""
    with window(browser, led) as page:
        page.select_option("#language", language)
        on_duty(page)
        wedge(page, own_centre.print_badge(f"N-{language}"))
        warned = page.locator("#answer .warned")
        expect(warned).to_have_count(1)
        assert "warned." not in warned.inner_text()


def test_the_settings_say_whether_names_are_there(
    browser: Browser, led: Screen, own_centre: FakeServer
) -> None:
    with window(browser, led) as page:
        come(page, own_centre)
        until_named(page)
        task(page, "settings.title")
        page.locator('[data-part="settings.names"] summary').click()
        expect(page.locator('[data-part="settings.names"] .note')).to_contain_text("3 人")
        looks_well(page)


def come_in(page: Page) -> None:
    """Give the PIN."""
    fill(page, who=LEAD, pin=PIN)
    page.locator("#screen .confirm").click()
    expect(page.locator(".tasks")).to_be_visible()
