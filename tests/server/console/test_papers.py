"""Bulletins, the official export and sheets on pages: within one's part, with the right, and noted where names are read."""

import json
from io import BytesIO
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server.access.grant import Over
from server.access.roles import StaffRole
from server.console.bulletins import issue as issuing
from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token, said_on

WEEK = {"first": "2026-11-02", "last": "2026-11-08"}
SHEETS = "/console/sheets"


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """November at S1, closed in December: four hours are confirmed."""
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 12)
    desk.stay("V2", 9, None)
    desk.sync(40)
    desk.close(why="a kiosk is out")
    clock.now_ms = START_MS + 40 * DAY_MS
    return desk


def post(client: FlaskClient, page: str, address: str, **fields: Any) -> Any:
    token = form_token(client.get(page).text)
    return client.post(address, data={"csrf_token": token, **fields})


def issue(client: FlaskClient, **fields: str) -> Any:
    wish = {"region": "R1", **WEEK, **fields}
    return post(client, "/console/bulletins", "/console/bulletins/issue", **wish)


def readings(services: Services) -> list[tuple[Any, ...]]:
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT what, about, people FROM reading ORDER BY 1, 2"))
        return [tuple(row) for row in rows]


@pytest.mark.usefixtures("desk")
def test_a_bulletin_is_issued_once_shown_and_handed_out(browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    assert "还没有编发过简报" in client.get("/console/bulletins").text
    assert issue(client, body="指导中心").headers["Location"] == "/console/bulletins/1"
    page = client.get("/console/bulletins/1").text
    assert "已编发" in page
    assert "4:00" in page
    assert "暂计" in page
    assert issue(client).headers["Location"] == "/console/bulletins/1"
    assert "此前已发" in client.get("/console/bulletins/1").text
    assert issue(client, anew="1").headers["Location"] == "/console/bulletins/2"
    paper = client.get("/console/bulletins/1/zh.pdf")
    assert paper.headers["Content-Disposition"] == "attachment; filename=bulletin-0001.zh.pdf"
    with pypdfium2.PdfDocument(paper.data) as pdf:
        assert "指导中心" in pdf[0].get_textpage().get_text_range()
    assert json.loads(client.get("/console/bulletins/1/json").data)["number"] == 1
    assert client.get("/console/bulletins").text.count("/console/bulletins/2") == 1


@pytest.mark.usefixtures("desk")
def test_a_figure_leads_to_its_rows_and_who_followed_it_is_noted(
    browser: Browser, services: Services
) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    issue(client)
    page = client.get("/console/bulletins/1").text
    assert "/console/bulletins/1/trace/all.credited" in page
    rows = said_on(client.get("/console/bulletins/1/trace/all.credited").text)
    assert "V1" in rows
    assert "V2" not in rows
    assert ("bulletin", "1 all.credited", 1) in readings(services)


@pytest.mark.usefixtures("desk")
def test_a_bulletin_of_another_region_is_not_there_and_a_viewer_issues_none(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = browser(StaffRole.CITY)
    issue(city)
    other = browser(StaffRole.DISTRICT, Over.SITE, "S1")
    for address in ("", "/zh.pdf", "/json", "/trace/all.people"):
        assert other.get(f"/console/bulletins/1{address}").status_code == 404, address
    assert "第 1 期" not in other.get("/console/bulletins").text
    assert issue(other).status_code == 404
    viewer = browser(StaffRole.VIEWER)
    assert viewer.get("/console/bulletins/1").status_code == 200
    assert "编发一期" not in viewer.get("/console/bulletins").text
    for name in ("rows-00001", "x.exe", "zh.doc", "../zh.pdf"):
        assert viewer.get(f"/console/bulletins/1/{name}").status_code == 404
    monkeypatch.setattr(issuing, "CONSOLE_BULLETIN_ROWS_MAX", 1)
    assert issue(city, anew="1").headers["Location"].startswith("/console/runs/"), "made behind"
    for wrong in ({"first": "x"}, {"last": "2026-11-01"}, {"body": "a\x00b"}):
        assert issue(city, **wrong).status_code == 400


@pytest.mark.usefixtures("desk")
def test_a_month_is_sent_taken_back_and_never_twice(browser: Browser, services: Services) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    page = "/console/official?month=2026-11"
    assert "2026-11-16" in client.get(page).text
    fields = {"month": "2026-11", "responsible": "王主任", "form": "xlsx"}
    assert post(client, page, "/console/official/send", **fields).status_code == 302
    assert "写出 1 个文件，1 行" in client.get(page).text
    post(client, page, "/console/official/send", **fields)
    assert "写出 0 个文件" in client.get(page).text
    sent = client.get("/console/official/files/1")
    sheet = openpyxl.load_workbook(BytesIO(sent.data)).active
    assert [cell.value for cell in sheet[2]][:4] == ["000001-00001", "记录", "V1", "志愿者1"]
    assert ("official", "S1 2026-11 #1", 1) in readings(services)

    def back(content: str, **totals: str) -> Any:
        file = (BytesIO(content.encode()), "receipts.csv")
        return post(client, page, "/console/official/receipts", file=file, **totals)

    wrong = back("row,receipt\n000001-00001,JS-1\n", people="1", records="1", minutes="239")
    assert wrong.status_code in (400, 409, 422)
    assert back("row,receipt\n000001-00001,JS-1\n", people="1").status_code == 400
    taken = back("row,receipt\n000001-00001,JS-1\n000009-00001,x\n").text
    assert "已接收 1 行" in taken
    assert "000009-00001" in taken


@pytest.mark.usefixtures("desk")
def test_what_others_sent_is_not_there(browser: Browser) -> None:
    page = "/console/official?month=2026-11"
    city = browser(StaffRole.CITY)
    post(city, page, "/console/official/send", month="2026-11", responsible="王主任")
    other = browser(StaffRole.DISTRICT, Over.SITE, "S2")
    assert "S1" not in said_on(other.get(page).text)
    assert other.get("/console/official/files/1").status_code == 404
    assert city.get("/console/official/files/1").status_code == 200
    assert city.get("/console/official/files/2").status_code == 404
    assert browser(StaffRole.VIEWER).get(page).status_code == 403


def test_sheets_are_printed_within_ones_part_and_names_are_noted(
    browser: Browser, services: Services, tmp_path: Any
) -> None:
    shift = "code,post,start,end\nH1,P1,2026-11-03T08:00,2026-11-03T12:00\n"
    import_text(services, tmp_path, "shifts", shift)
    import_text(services, tmp_path, "assignments", "shift,volunteer\nH1,V1\nH1,V2\n")
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    where = {"site": "S1", "day": "2026-11-03"}
    for kind, said in (
        ("sign-in", "志愿者1"),
        ("insured", "未投保"),
        ("posts", "怎么防护"),
        ("enrolment", "登记码"),
    ):
        answer = post(client, SHEETS, f"{SHEETS}/{kind}", **where)
        assert answer.status_code == 200, kind
        with pypdfium2.PdfDocument(answer.data) as pdf:
            assert said in pdf[0].get_textpage().get_text_range(), kind
    assert readings(services) == [
        ("sheet", "insured S1 2026-11-03", 2),
        ("sheet", "sign-in S1 2026-11-03", 2),
    ]
    assert post(client, SHEETS, f"{SHEETS}/posts").status_code == 400
    assert post(client, SHEETS, f"{SHEETS}/posts", site="S1", day="x").status_code == 400
    lead = browser(StaffRole.SITE_LEAD, Over.SITE, "S2")
    assert "当日保险名单" not in lead.get(SHEETS).text
    assert post(lead, SHEETS, f"{SHEETS}/sign-in", **where).status_code == 403
    for kind in ("posts", "enrolment"):
        assert post(lead, SHEETS, f"{SHEETS}/{kind}", **where).status_code == 404
