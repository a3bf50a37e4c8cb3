"""Through every page in a real browser: no error, no report of the policy, no request to elsewhere, nothing serious for axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import url_for
from playwright.sync_api import Page

from server.access.grant import Grant
from server.console.pages import RIGHTS
from tests.e2e.console.conftest import ADMINISTRATOR, CITY, TROUBLES, Console, SignIn, pictures
from tests.e2e.console.samples import SAMPLES

SERIOUS = ("serious", "critical")
NO_PAGE = frozenset(
    {
        "bulletins.paper",
        "home.find",
        "official.file",
        "reference.start",
        "reports.file",
        "reports.made",
        "reports.plot",
        "runs.one",
    }
)
"""What answers with another page, or with a file; a run is its account's alone, and has a walk of its own."""


def pages_of(console: Console, grant: Grant) -> list[tuple[str, str]]:
    """Give every page that a grant opens, with its address."""
    found = []
    with console.app.test_request_context():
        for rule in console.app.url_map.iter_rules():
            needs = RIGHTS.get(rule.endpoint)
            if needs is None or not grant.brings(needs) or "GET" not in (rule.methods or ()):
                continue
            if rule.endpoint in NO_PAGE:
                continue
            has_sample = rule.arguments or rule.endpoint in SAMPLES
            arguments = SAMPLES[rule.endpoint](console.services) if has_sample else {}
            found.append((rule.endpoint, url_for(rule.endpoint, **arguments)))
    return found


@pytest.mark.parametrize(
    ("grant", "size", "language"),
    [
        pytest.param(CITY, "desk", "zh-CN", id="city at a desk in Chinese"),
        pytest.param(CITY, "phone", "en", id="city on a phone in English"),
        pytest.param(ADMINISTRATOR, "desk", "en", id="administrator at a desk in English"),
        pytest.param(ADMINISTRATOR, "phone", "zh-CN", id="administrator on a phone in Chinese"),
    ],
)
def test_every_page_is_sound(
    county: Console, sign_in: SignIn, grant: Grant, size: str, language: str
) -> None:
    page = sign_in(county, grant, size=size, language=language, name=f"walk.{grant.role}")
    wrong: dict[str, object] = {}
    for endpoint, address in _own_pages(county, grant):
        answer = page.goto(county.url + address)
        assert answer is not None
        picture(page, f"{endpoint}-{size}-{language}")
        # What axe looks for does not depend on the width, and takes a second a page: it is asked at a desk.
        faults = faults_of(page) if size == "desk" else []
        found = [*TROUBLES[page], *faults, *overflow_of(page), *columns_of(page)]
        TROUBLES[page].clear()
        if answer.status != 200 or found:
            wrong[endpoint] = (answer.status, found)
    assert wrong == {}


def _own_pages(console: Console, grant: Grant) -> list[tuple[str, str]]:
    """Leave out what the city has walked through: an administrator sees the same pages there."""
    walked = set() if grant == CITY else {endpoint for endpoint, _ in pages_of(console, CITY)}
    return [one for one in pages_of(console, grant) if one[0] not in walked]


def picture(page: Page, name: str) -> None:
    """Keep a picture, if somebody wants to look at them."""
    folder = pictures()
    if folder is not None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {node['html'][:160]}"
        for v in found
        if v["impact"] in SERIOUS
        for node in v["nodes"][:3]
    ]


def columns_of(page: Page) -> list[str]:
    """No column is so narrow that words stand a sign a line: Chinese may break anywhere, so a browser lets it."""
    thin = page.evaluate(
        "[...document.querySelectorAll('.wide-table td:not(.number)')]"
        ".filter(td => td.innerText.trim().length > 4 && td.clientWidth < 64).map(td => td.innerText)"
    )
    return [f"a column as narrow as a sign: {each}" for each in thin[:3]]


def overflow_of(page: Page) -> list[str]:
    """A page never scrolls sideways: wide tables scroll within themselves."""
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"scrolls sideways by {over} pixels"] if over > 0 else []
