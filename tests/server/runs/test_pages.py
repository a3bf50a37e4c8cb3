"""The pages of runs: asked for, looked at, stopped and fetched by whose they are; to everybody else they are not there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.console import create_console
from server.runs import certificates
from server.runs.run import Run, State, read_runs
from server.runs.work import work_off
from tests.server.runs.desk import QuickPress, RunDesk
from tests.server.staff import form_token, said_on, signed_in

FORM = {
    "team": "T2",
    "issuer": "文明实践中心",
    "responsible": "王主任",
    "handler": "李㛃",
    "contact": "0376-6012345",
    "language": "both",
}
In = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing."""
    monkeypatch.setattr(certificates, "Press", QuickPress)


@pytest.fixture
def console(runs: RunDesk) -> Flask:
    """The console of the centre."""
    return create_console(runs.services)


@pytest.fixture
def sign_in(console: Flask, runs: RunDesk) -> In:
    """Sign somebody new in, who has this role in a region."""

    def start(region: str = "R1", role: StaffRole = StaffRole.DISTRICT) -> FlaskClient:
        owner = runs.hire(Grant(role, Over.REGION, region), number="V14")
        return signed_in(console, owner.name)

    return start


def post(client: FlaskClient, address: str, page: str = "/console/account", **form: str) -> str:
    """Send a form as the browser does; give where it leads, or the status."""
    token = form_token(client.get(page).text)
    answer = client.post(address, data={**form, "csrf_token": token})
    return answer.headers.get("Location") or str(answer.status_code)


def newest(runs: RunDesk, owner: str = "staff.1") -> Run:
    with runs.services.database.read() as connection:
        return read_runs(connection, owner)[0]


def test_a_team_is_asked_for_watched_and_fetched_for_a_purpose(runs: RunDesk, sign_in: In) -> None:
    staff = sign_in()
    page = post(staff, "/console/certificates/team", "/console/certificates/team", **FORM)
    waiting = staff.get(page).text
    assert "马上开始" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "刷新" in waiting, "without scripts, too"
    work_off(runs.services)
    done = staff.get(page).text
    assert "hx-trigger" not in done
    assert "nothing_confirmed" in done
    assert staff.get("/console/runs").text.count("完成") >= 1
    token = form_token(done)
    assert staff.post(f"{page}/file", data={"csrf_token": token}).status_code == 400
    got = staff.post(f"{page}/file", data={"csrf_token": token, "purpose": "发给队员"})
    assert got.get_data()[:2] == b"PK"
    assert got.headers["Cache-Control"] == "no-store"
    with runs.services.database.read() as connection:
        noted = connection.execute(text("SELECT what, about, people, purpose FROM reading")).all()
    assert [tuple(row) for row in noted] == [("run certificates", "T2", 3, "发给队员")]


def test_to_everybody_else_a_run_is_not_there(runs: RunDesk, sign_in: In) -> None:
    page = post(sign_in(), "/console/certificates/team", "/console/certificates/team", **FORM)
    work_off(runs.services)
    for other in (sign_in("R2"), sign_in(), sign_in(role=StaffRole.VIEWER)):
        assert other.get(page).status_code == 404
        assert "T2" not in said_on(other.get("/console/runs").text)
        for address in (f"{page}/stop", f"{page}/drop", f"{page}/file"):
            assert post(other, address, purpose="x") == "404"
    assert newest(runs).state is State.DONE


def test_who_lost_the_right_does_not_get_the_file_any_more(runs: RunDesk, sign_in: In) -> None:
    staff = sign_in()
    page = post(staff, "/console/certificates/team", "/console/certificates/team", **FORM)
    work_off(runs.services)
    with runs.services.database.write_facts() as connection:
        connection.execute(text("UPDATE staff_grant SET code = 'R2'"))
    assert post(staff, f"{page}/file", purpose="x") == "403"


@pytest.mark.parametrize("code", ["T9", "T2' OR 1=1 --", "T2\0", "", "T" * 21, "T2\nx"])
def test_a_hostile_team_is_nobody(runs: RunDesk, sign_in: In, code: str) -> None:
    status = post(sign_in(), "/console/certificates/team", **{**FORM, "team": code})
    assert status in ("400", "404")
    with runs.services.database.read() as connection:
        assert read_runs(connection, "staff.1") == []


@pytest.mark.parametrize("number", ["..%2f..%2fkeys", "0" * 16, "0" * 17, "%00", "x"])
def test_a_number_that_is_none_leads_nowhere(sign_in: In, number: str) -> None:
    staff = sign_in()
    assert staff.get(f"/console/runs/{number}").status_code == 404
    assert post(staff, f"/console/runs/{number}/file", purpose="x") == "404"
    assert post(staff, f"/console/runs/{'0' * 16}/burn") == "404"


def test_stopping_and_dropping(runs: RunDesk, sign_in: In) -> None:
    staff = sign_in()
    page = post(staff, "/console/certificates/team", "/console/certificates/team", **FORM)
    assert post(staff, f"{page}/drop") == "503", "it is live"
    assert post(staff, f"{page}/stop") == page
    assert "已停止" in staff.get(page).text
    assert post(staff, f"{page}/drop") == "/console/runs"
    assert staff.get(page).status_code == 404


def test_a_large_report_is_made_in_the_background(
    runs: RunDesk, sign_in: In, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reports.reach.REPORT_NOW_RECORDS_MAX", 4)
    staff = sign_in()
    asked = {"by": "volunteer", "from": "2026-11-01", "to": "2026-11-30"}
    page = staff.get("/console/reports", query_string=asked).text
    assert "在后台制表" in page
    assert "V1" not in said_on(page)
    file = staff.get("/console/reports/file", query_string={**asked, "form": "csv"})
    assert file.headers["Location"].startswith("/console/reports?")
    assert staff.get("/console/reports/plots", query_string=asked).status_code == 413
    few = staff.get("/console/reports", query_string={**asked, "to": "2026-11-04"}).text
    assert "V1" in few
    run = post(staff, "/console/reports/run", **asked, form="csv", purpose="核对")
    work_off(runs.services)
    assert "5 · 5 · 20:00" in staff.get(run).text
    assert post(staff, f"{run}/file") == "400", "it has names"
    token = form_token(staff.get(run).text)
    got = staff.post(f"{run}/file", data={"csrf_token": token, "purpose": "核对"})
    assert "志愿者1" in got.get_data(as_text=True)
    masked = post(staff, "/console/reports/run", **asked, form="json")
    work_off(runs.services)
    got = staff.post(f"{masked}/file", data={"csrf_token": token})
    assert "志愿者1" not in got.get_data(as_text=True)


def test_who_may_not_unmask_gets_no_names_in_the_background(runs: RunDesk, sign_in: In) -> None:
    viewer = sign_in(role=StaffRole.VIEWER)
    asked = {"by": "volunteer", "form": "csv", "purpose": "curious"}
    assert post(viewer, "/console/reports/run", **asked) == "403"


def test_a_regions_badges_come_from_the_background(runs: RunDesk, sign_in: In) -> None:
    page = post(sign_in(), "/console/badges", region="R1")
    assert newest(runs).about == "R1"
    assert page.startswith("/console/runs/")
    assert post(sign_in("R2"), "/console/badges", region="R1") == "404"


def test_many_sites_and_many_records_are_the_backgrounds(
    runs: RunDesk, sign_in: In, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.console.official.send.OFFICIAL_NOW_SITES_MAX", 0)
    monkeypatch.setattr("server.console.bulletins.issue.CONSOLE_BULLETIN_ROWS_MAX", 0)
    staff = sign_in()
    sent = post(staff, "/console/official/send", month="2026-11", responsible="王主任")
    dates = {"region": "R1", "first": "2026-11-01", "last": "2026-11-30"}
    issued = post(staff, "/console/bulletins/issue", **dates)
    work_off(runs.services)
    assert "写出 1 个文件，5 行" in staff.get(sent).text
    assert "第 1 期" in staff.get(issued).text
    assert post(staff, "/console/bulletins/issue", **{**dates, "region": "R2"}) == "404"
