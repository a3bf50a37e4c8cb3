"""The pages of reports: what they show, to whom, and that names leave only for a purpose that is kept."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import text

from server.access.grant import Over
from server.access.roles import StaffRole
from server.jobs.reports import reports
from server.reports import hand_out
from tests.server.books.desk import Desk
from tests.server.builders import DAY_MS, START_MS
from tests.server.console.conftest import Browser
from tests.server.reports.conftest import desk  # noqa: F401 # the same figures
from tests.server.staff import form_token, said_on

PAGE = "/console/reports"


@pytest.fixture
def there(desk: Desk, console: Flask) -> Desk:  # noqa: F811 # it is the fixture
    """The desk, before its console."""
    return desk


def sheet(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_report_is_shown_with_its_total_and_state(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    assert "<tbody>" not in client.get(PAGE).text
    page = client.get(f"{PAGE}?by=volunteer").text
    assert "志*1" in page
    assert "志愿者1<" not in page
    assert "暂计" in page
    assert "3 · 4 · 11.00" in page
    assert f"<code>{there.kiosk.log[:8]}</code>" in page


def test_a_page_says_it_in_english_too(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    page = client.get(f"{PAGE}?by=site", headers={"Accept-Language": "en"}).text
    assert "Provisional" in page
    assert "minutes credited" in page


def test_nobody_sees_or_downloads_beyond_their_part(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER, Over.SITE, "S2")
    page = said_on(client.get(f"{PAGE}?by=volunteer").text)
    assert "V1" not in page
    rows = sheet(client.get(f"{PAGE}/file?by=volunteer&form=csv").data)
    assert rows[1][0] == "合计 total"
    team = browser(StaffRole.TEAM_LEADER, Over.TEAM, "T1")
    rows = sheet(team.get(f"{PAGE}/file?by=volunteer&form=csv").data)
    assert [row[0] for row in rows[1:3]] == ["V2", "合计 total"]
    for name in ("day", "site", "heat", "outliers"):
        found = sheet(client.get(f"{PAGE}/plots/{name}.csv?from=2026-11-01").data)[1:]
        assert not [row for row in found if any(c not in ("", "0.00") for c in row[1:])], name


def test_a_download_is_the_report_of_the_address(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    answer = client.get(f"{PAGE}/file?by=day&from=2026-11-03&form=xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[1][:5] == ["2026-11-03", "", 1, 1, 120]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        "?by=grade",
        "?by=site&from=yesterday",
        "?by=site&from=2026-11-02&to=2026-11-01",
        "?by=day&before_from=2026-11-01",
        "?by=site&site=%3Cscript%3E",
        "/file?by=site&form=exe",
    ],
)
def test_what_an_address_cannot_mean_is_said_in_words(
    there: Desk, browser: Browser, address: str
) -> None:
    answer = browser(StaffRole.VIEWER).get(PAGE + address)
    assert answer.status_code == 400
    assert "bad_field" in answer.text


def test_names_leave_for_a_purpose_which_is_kept(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    token = form_token(client.get(f"{PAGE}?by=volunteer").text)
    form = {"csrf_token": token, "by": "volunteer", "form": "csv"}
    assert client.post(f"{PAGE}/names", data=form).status_code == 400
    answer = client.post(f"{PAGE}/names", data={**form, "purpose": "表彰核对"})
    assert sheet(answer.data)[1][:2] == ["V1", "志愿者1"]
    with there.services.database.read() as connection:
        kept = connection.execute(text('SELECT "by", people, purpose FROM reading')).all()
    assert [tuple(row) for row in kept] == [("city.1", 3, "表彰核对")]


def test_whoever_may_only_look_gets_no_names(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    page = client.get(f"{PAGE}?by=volunteer").text
    assert "reports/names" not in page
    form = {"csrf_token": form_token(page), "by": "volunteer", "form": "csv", "purpose": "x"}
    assert client.post(f"{PAGE}/names", data=form).status_code == 403


def test_a_download_that_is_too_large_says_what_to_do(
    there: Desk, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_out, "REPORT_DOWNLOAD_ROWS_MAX", 2)
    answer = browser(StaffRole.VIEWER).get(f"{PAGE}/file?by=volunteer&form=csv")
    assert answer.status_code == 413
    assert "定期报表" in answer.text


def test_every_plot_has_its_table_and_a_download(there: Desk, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    page = client.get(f"{PAGE}/plots?from=2026-11-01&to=2026-11-30").text
    for name in ("day", "site", "heat"):
        assert f'id="table-{name}"' in page
        assert f"/console/reports/plots/{name}.csv?from=2026-11-01" in page
    assert sheet(client.get(f"{PAGE}/plots/site.csv?from=2026-11-01").data)[1] == [
        "S1 东门卡口", "11.00", "0.00", "4",
    ]  # fmt: skip


def test_a_saved_report_is_ones_own_and_keeps_to_ones_part(there: Desk, browser: Browser) -> None:
    mine, other = browser(StaffRole.VIEWER, Over.TEAM, "T1"), browser(StaffRole.VIEWER)
    token = form_token(mine.get(f"{PAGE}/saved").text)
    form = {"csrf_token": token, "name": "mine", "by": "volunteer", "every": "day", "form": "csv"}
    assert mine.post(f"{PAGE}/saved/new", data=form).status_code == 302
    there.clock.now_ms = START_MS + DAY_MS + 6 * 3_600_000
    assert reports(there.services).startswith("made=1 rows=1")
    day = START_MS // DAY_MS + 1
    rows = sheet(mine.get(f"{PAGE}/saved/mine/{day}").data)
    assert [row[0] for row in rows[1:3]] == ["V2", "合计 total"]
    assert "mine" in mine.get(f"{PAGE}/saved").text
    assert ">mine<" not in other.get(f"{PAGE}/saved").text
    assert other.get(f"{PAGE}/saved/mine/{day}").status_code == 404
    taken = {**form, "csrf_token": form_token(other.get(f"{PAGE}/saved").text)}
    assert other.post(f"{PAGE}/saved/new", data=taken).status_code == 400
    assert other.post(f"{PAGE}/saved/mine/remove", data=taken).status_code == 404
    assert mine.post(f"{PAGE}/saved/mine/remove", data=form).status_code == 302
    assert mine.get(f"{PAGE}/saved/mine/{day}").status_code == 404
