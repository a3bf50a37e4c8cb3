"""Files handed over on a page: looked at first, imported by a job, and nothing of them left behind."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from server.access.grant import Over
from server.access.roles import StaffRole
from server.database import Database
from server.imports import uploads
from server.imports.import_file import Ports, Wish
from server.imports.kinds import KINDS
from server.imports.report import Report
from server.jobs import uploads as job
from server.jobs.uploads import work_off
from server.limits import UPLOAD_TRIES_MAX
from server.models.staff import StaffAccount, StaffGrant
from server.services import Services
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token

FILE = "number,name,phone,team\nV1,王一,13900000001,T2\nV50,<b>新来</b>,,T1\nV 5,x,,\n"


def hand_over(client: FlaskClient, content: bytes, kind: str = "volunteers") -> TestResponse:
    token = form_token(client.get("/console/imports").text)
    data = {"csrf_token": token, "kind": kind, "day": "2026-11-02"}
    return client.post(
        "/console/imports", data={**data, "file": (io.BytesIO(content), "名单<i>.csv")}
    )


def act(client: FlaskClient, where: str, what: str) -> TestResponse:
    token = form_token(client.get("/console/imports").text)
    return client.post(f"{where}/{what}", data={"csrf_token": token})


def files(services: Services) -> list[Path]:
    return [f for f in (services.config.home / "uploads").rglob("*") if f.is_file()]


def test_a_file_is_looked_at_first_and_imported_once_somebody_says_so(
    services: Services, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    where = hand_over(client, FILE.encode()).headers["Location"]
    assert "正在检查" in client.get(where).text
    work_off(services)
    shown = client.get(where).text
    assert "<del>志愿者1</del> <ins>王一</ins>" in shown
    assert "&lt;b&gt;新来" in shown
    assert "第 4 行" in shown
    assert "志愿者1" in client.get("/console/reference/volunteers/at/V1").text, (
        "nothing is written yet"
    )
    act(client, where, "run")
    act(client, where, "run")
    work_off(services)
    work_off(services)
    assert "已导入" in client.get(where).text
    page = client.get("/console/reference/volunteers/at/V1").text
    assert "王一" in page
    assert "city.1" in page, "who did it stands beside it"
    assert [file.name for file in files(services)] == ["upload.json"], "the file is gone"


def test_a_file_at_which_the_server_fails_holds_up_no_other_and_is_given_up(
    services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(StaffRole.CITY)
    bad = hand_over(client, FILE.encode()).headers["Location"]
    good = hand_over(client, "code,name\nR7,新区\n".encode(), "regions").headers["Location"]
    whole = job.import_file

    def fail_at_volunteers(database: Database, wish: Wish, ports: Ports) -> Report:
        if wish.kind is KINDS["volunteers"]:
            raise ZeroDivisionError
        return whole(database, wish, ports)

    monkeypatch.setattr(job, "import_file", fail_at_volunteers)
    for _ in range(UPLOAD_TRIES_MAX):
        with pytest.raises(ZeroDivisionError):
            work_off(services)
        assert "正在检查" in client.get(bad).text
    assert "新区" in client.get(good).text
    work_off(services)
    assert "已放弃" in client.get(bad).text
    assert [file.name for file in files(services)].count("file") == 1, (
        "the good one's alone is kept"
    )


def test_what_was_broken_off_is_begun_again(
    services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(StaffRole.CITY)
    where = hand_over(client, FILE.encode()).headers["Location"]
    work_off(services)
    act(client, where, "run")
    with monkeypatch.context() as broken:
        broken.setattr("server.imports.import_file.record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work_off(services)
    assert "正在导入" in client.get(where).text
    work_off(services)
    assert "已导入" in client.get(where).text
    assert "王一" in client.get("/console/reference/volunteers/at/V1").text


def test_what_cannot_be_read_is_said_and_goes(services: Services, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    where = hand_over(client, b"\xd0\xcf\x11\xe0 old excel").headers["Location"]
    work_off(services)
    assert "旧版或加密的 Excel" in client.get(where).text
    act(client, where, "drop")
    assert client.get(where).status_code == 404
    assert files(services) == []


def test_too_large_or_too_many_files_leave_nothing_behind(
    services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(StaffRole.CITY)
    monkeypatch.setattr(uploads, "UPLOAD_BYTES_MAX", 10)
    assert hand_over(client, FILE.encode()).status_code == 413
    assert files(services) == []
    monkeypatch.setattr(uploads, "UPLOADS_OWN_MAX", 1)
    colleague = browser(StaffRole.CITY)
    asked = [hand_over(each, b"x").status_code for each in (client, client, colleague)]
    assert asked == [302, 429, 302], "nobody fills the places of others"
    monkeypatch.setattr(uploads, "UPLOADS_MAX", 2)
    assert hand_over(browser(StaffRole.CITY), b"x").status_code == 429


def test_who_looks_after_a_part_imports_its_rows_and_sees_no_colleagues_file(
    services: Services, browser: Browser, tmp_path: Path
) -> None:
    import_text(services, tmp_path, "regions", "code,name,parent\nR1,a,\nR2,b,\n")
    import_text(services, tmp_path, "teams", "code,name,region\nT1,a,R1\nT2,b,R2\n")
    import_text(
        services, tmp_path, "volunteers", "number,name,team\nV1,志愿者1,T1\nV2,志愿者2,T2\n"
    )
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    file = "number,name,team\nV1,王一,T1\nV2,抢来,T1\nV50,新来,T1\nV51,别人,T2\n"
    where = hand_over(client, file.encode()).headers["Location"]
    work_off(services)
    shown = client.get(where).text
    assert [line for line in range(2, 7) if f"第 {line} 行：不在您的管辖范围内" in shown] == [3, 5]
    assert "志愿者2" not in shown
    colleague = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    assert where.rpartition("/")[2] not in colleague.get("/console/imports").text
    assert colleague.get(where).status_code == 404
    assert act(colleague, where, "run").status_code == 404
    assert browser(StaffRole.CITY).get(where).status_code == 200
    act(client, where, "run")
    work_off(services)
    city = browser(StaffRole.CITY)
    names = {n: city.get(f"/console/reference/volunteers/at/{n}").text for n in ("V1", "V2", "V50")}
    assert ("王一" in names["V1"], "抢来" in names["V2"], "新来" in names["V50"]) == (
        True,
        False,
        True,
    )
    assert city.get("/console/reference/volunteers/at/V51").status_code == 404


def test_what_was_looked_at_is_imported_as_far_as_its_author_may_then(
    services: Services, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    where = hand_over(client, FILE.encode()).headers["Location"]
    work_off(services)
    act(client, where, "run")
    with services.database.write_facts() as connection:
        connection.execute(update(StaffAccount).values(is_active=0))
    work_off(services)
    kept = uploads.read(services.config.home, where.rpartition("/")[2])
    assert (kept.added, kept.changed, kept.bad) == (0, 0, 3)


def test_rows_that_were_looked_at_by_other_grants_are_looked_at_again_before_they_are_shown(
    services: Services, browser: Browser
) -> None:
    client = browser(StaffRole.CITY)
    where = hand_over(client, FILE.encode()).headers["Location"]
    work_off(services)
    assert "志愿者1" in client.get(where).text
    with services.database.write_facts() as connection:
        connection.execute(
            update(StaffGrant).values(role=StaffRole.DISTRICT, over="region", code="R9")
        )
    shown = client.get(where).text
    assert "正在检查" in shown
    assert "志愿者1" not in shown
    work_off(services)
    shown = client.get(where).text
    assert "志愿者1" not in shown
    assert "第 2 行：不在您的管辖范围内" in shown
    act(client, where, "run")
    work_off(services)
    assert uploads.read(services.config.home, where.rpartition("/")[2]).bad == 3


@pytest.mark.parametrize("number", ["..", "0" * 16, "x"])
def test_an_import_that_is_none_is_not_found(browser: Browser, number: str) -> None:
    assert browser(StaffRole.CITY).get(f"/console/imports/{number}").status_code == 404


def test_old_ones_are_dropped(services: Services) -> None:
    uploads.take(services.config.home, io.BytesIO(b"x"), uploads.new("teams", "x", "", 0, 0))
    assert work_off(services) == "done=1 dropped=1"
    assert files(services) == []
