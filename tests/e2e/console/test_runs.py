"""A run in a real browser: asked for, watched as it goes on by itself, fetched for a purpose."""

import pytest
from playwright.sync_api import Page, expect

from server.runs import certificates
from server.runs.work import work_off
from tests.e2e.console.conftest import CITY, TROUBLES, Console, SignIn
from tests.e2e.console.test_walk import faults_of, overflow_of, picture
from tests.server.runs.desk import QuickPress

FIELDS = {
    "team": "T2",
    "issuer": "浉河区新时代文明实践中心",
    "responsible": "王主任",
    "handler": "李㛃",
    "contact": "0376-6012345",
}


def test_a_teams_certificates_are_watched_and_fetched(
    county: Console, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "Press", QuickPress)
    work_off(county.services)  # what other tests of this county have left
    page = sign_in(county, CITY, name="e2e.runs")
    page.goto(f"{county.url}/console/certificates/team")
    for name, value in FIELDS.items():
        page.fill(f"#f-{name}", value)
    picture(page, "runs-asked")
    page.click("button.go:text('开始出具')")
    expect(page.get_by_role("status")).to_contain_text("马上开始")
    look(page, "runs-waiting")
    turns = iter([True] * 3)
    work_off(county.services, lambda: next(turns, False))
    expect(page.get_by_role("progressbar")).to_be_visible()
    look(page, "runs-working")
    work_off(county.services)
    expect(page.get_by_role("button", name="下载")).to_be_visible()
    look(page, "runs-done")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "runs-done-phone")
    page.fill("#f-purpose", "发给队员")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename.startswith("certificates.")
    page.goto(f"{county.url}/console/runs")
    look(page, "runs-list")


def look(page: Page, name: str) -> None:
    """Look for what is wrong with a page, and keep its picture."""
    picture(page, name)
    assert [*TROUBLES[page], *faults_of(page), *overflow_of(page)] == []
