"""Pages of reference data: found, shown, changed, within one's part; names in full only where they may be."""

from pathlib import Path

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from server.imports.kinds import KINDS
from server.services import Services
from tests.server.conftest import import_text
from tests.server.console.conftest import Browser
from tests.server.staff import form_token, said_on

NAMES = (
    "number,name,phone,team,region\nV90,单小明,13911112222,T1,R1\n"
    "V91,<script>alert(1)</script>,,T1,R1\nV92,王外,13933334444,T9,R9\n"
)


@pytest.fixture
def home(services: Services, tmp_path: Path) -> Services:
    import_text(services, tmp_path, "volunteers", NAMES)
    import_text(services, tmp_path, "regions", "code,name,parent\nR9,平桥区,\n")
    import_text(services, tmp_path, "sites", "code,name,region\nS9,外站,R9\n")
    import_text(
        services,
        tmp_path,
        "shifts",
        "code,post,start,end,needed\nH1,P1,2026-11-02T08:00,2026-11-02T12:00,2\n",
    )
    import_text(services, tmp_path, "assignments", "shift,volunteer\nH1,V90\n")
    import_text(services, tmp_path, "policies", "region,site,from,key,value\n,,,short_ms,60000\n")
    return services


def test_every_kind_has_a_list_and_each_thing_a_page(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT)
    keys = {
        "assignments": "H1~V90",
        "policies": "~~short_ms~0",
        "shifts": "H1",
        "sites": "S1",
        "posts": "P1",
    }
    for kind in KINDS:
        assert client.get(f"/console/reference/{kind}").status_code == 200, kind
        assert client.get(f"/console/reference/{kind}/new").status_code == 200, kind
    for kind, key in keys.items():
        page = client.get(f"/console/reference/{kind}/at/{key}")
        assert page.status_code == 200, kind
        assert "最初" in page.text
        assert client.get(f"/console/reference/{kind}/change/{key}").status_code == 200, kind
    assert client.get("/console/reference/nothing").status_code == 404
    assert client.get("/console/reference/sites/at/S77").status_code == 404


def test_people_are_found_from_the_head_of_every_page(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT)
    page = client.get("/console/find?q=shanxm", follow_redirects=True).text
    assert "单小明" not in page
    for typed in ("shanxiaom", "sxm", "V90", "单小"):
        page = client.get("/console/find", query_string={"q": typed}, follow_redirects=True).text
        assert "单小明" in page, typed
        assert "13911112222" not in page, "a phone is in no list"
    assert "单小明" not in client.get("/console/reference/volunteers?q=13911112222").text


def test_names_are_masked_for_whom_they_are_not_meant(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    listed = client.get("/console/reference/volunteers?q=单").text
    shown = client.get("/console/reference/volunteers/at/V90").text
    told = client.get("/console/reference/assignments/at/H1~V90").text
    for page in (listed, shown, told):
        assert "单*明" in page
        assert "单小明" not in page
        assert "13911112222" not in page
    assert "13911112222" in browser(StaffRole.CITY).get("/console/reference/volunteers/at/V90").text


def test_who_reads_people_is_noted(home: Services, browser: Browser) -> None:
    browser(StaffRole.VIEWER).get("/console/reference/volunteers/at/V90")
    browser(StaffRole.CITY).get("/console/reference/volunteers/at/V90")
    browser(StaffRole.CITY).get("/console/reference/volunteers?q=sxm")
    with home.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT what, about, people FROM reading ORDER BY id")
        assert [tuple(row) for row in rows] == [
            ("reference.volunteer", "V90", 1),
            ("reference.volunteers", "sxm", 1),
        ]


def test_nothing_of_another_district_is_shown_or_changed(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    assert "V92" not in said_on(client.get("/console/reference/volunteers?q=V9").text)
    assert "S9" not in said_on(client.get("/console/reference/sites").text)
    for path in ("sites/at/S9", "volunteers/at/V92", "sites/change/S9", "regions/at/R9"):
        assert client.get(f"/console/reference/{path}").status_code == 404, path
    token = form_token(client.get("/console/reference/sites/change/S1").text)
    stolen = {
        "csrf_token": token,
        "code": "S9",
        "name": "我的",
        "region": "R1",
        "token": "1",
        "day": "2026-11-02",
    }
    assert client.post("/console/reference/sites/change/S9", data=stolen).status_code == 404


def test_a_change_is_saved_once_and_a_stale_one_is_told(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.DISTRICT, Over.REGION, "R1")
    page = client.get("/console/reference/sites/change/S1").text
    seen = page.partition('name="token" value="')[2].partition('"')[0]
    sent = {
        "csrf_token": form_token(page),
        "token": seen,
        "code": "S1",
        "name": "东门",
        "kind": "checkpoint",
    }
    sent |= {"region": "R1", "latitude": "32.1", "longitude": "114", "day": "2026-11-02"}
    answer = client.post("/console/reference/sites/change/S1", data=sent)
    assert answer.status_code == 302
    shown = client.get(answer.headers["Location"]).text
    assert "已保存" in shown
    assert "东门" in shown
    assert "2026-11-02" in shown
    again = client.post("/console/reference/sites/change/S1", data=sent, follow_redirects=True).text
    assert "没有改动" in again
    stale = client.post("/console/reference/sites/change/S1", data={**sent, "name": "西门"})
    assert stale.status_code == 409
    assert "changed_since" in stale.text


def test_what_an_import_would_refuse_is_said_beside_its_field(
    home: Services, browser: Browser
) -> None:
    client = browser(StaffRole.DISTRICT)
    page = client.get("/console/reference/teams/new").text
    sent = {"csrf_token": form_token(page), "code": "T 9", "name": "", "day": "2026-11-02"}
    answer = client.post("/console/reference/teams/new", data=sent)
    assert answer.status_code == 200
    assert 'id="w-code"' in answer.text
    assert 'id="w-name"' in answer.text
    assert 'value="T 9"' in answer.text, "what was typed is still there"


def test_a_hostile_name_does_nothing(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    for path in ("?q=V91", "/at/V91", "/change/V91", '?q="><script>alert(2)</script>'):
        page = client.get(f"/console/reference/volunteers{path}").text
        assert "<script>alert" not in page, path


def test_a_place_that_no_page_gave_is_answered_in_words(home: Services, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    assert client.get("/console/reference/volunteers?q=zhang&after=x").status_code == 400
    assert client.get("/console/reference/trainings/at/x").status_code == 404
    assert client.get("/console/reference/trainings?after=x").status_code == 404


def test_a_place_outside_ones_part_is_named_without_a_link_that_leads_nowhere(
    home: Services, browser: Browser
) -> None:
    region = "/console/reference/regions/at/R1"
    lead = browser(StaffRole.SITE_LEAD, Over.SITE, "S1")
    at_the_site = lead.get("/console/reference/sites/at/S1").text
    assert "R1" in at_the_site
    assert (region in at_the_site, lead.get(region).status_code) == (False, 404)
    assert region in browser(StaffRole.DISTRICT).get("/console/reference/sites/at/S1").text
