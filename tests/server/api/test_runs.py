"""Runs at the API: scripts ask for long work, watch it, and fetch what it made; nobody else's, and never without a purpose."""

import pytest

from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.runs import certificates
from server.runs.work import work_off
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import code_of
from tests.server.books.desk import Desk
from tests.server.runs.desk import QuickPress

PAPER = {"issuer": "文明实践中心", "responsible": "王主任", "handler": "李㛃", "contact": "0376"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing."""
    monkeypatch.setattr(certificates, "Press", QuickPress)


def test_a_script_asks_watches_and_fetches(town: Desk, services: Services, program: Programs) -> None:  # fmt: skip
    town.close(why="late")
    district = program(StaffRole.DISTRICT, Over.REGION, "R1")
    asked = district.post("/runs/certificates", {**PAPER, "numbers": ["V4", "V91", "V4"]})
    assert asked.status_code == 202, asked.text
    run = asked.get_json()["run"]
    assert (run["state"], run["kind"], run["about"]) == ("waiting", "certificates", "V4 V91")
    assert code_of(district.get(f"/runs/{run['id']}/file", purpose="x")) == "not_found"
    work_off(services)
    told = district.get(f"/runs/{run['id']}").get_json()
    assert (told["run"]["state"], told["run"]["people"]) == ("done", 1)
    assert [(one["about"], one["code"]) for one in told["left_out"]] == [("V91", "not_found")]
    assert code_of(district.get(f"/runs/{run['id']}/file")) == "bad_field"
    file = district.get(f"/runs/{run['id']}/file", purpose="发给本人")
    assert (file.status_code, file.get_data()[:4]) == (200, b"%PDF")
    assert [one["id"] for one in district.get("/runs").get_json()["items"]] == [run["id"]]
    assert town.rows("SELECT what, people FROM reading") == [("api run certificates", 1)]


def test_a_run_is_nobody_elses(services: Services, program: Programs, town: Desk) -> None:
    mine, other = program(StaffRole.CITY), program(StaffRole.CITY)
    asked = mine.post("/runs/report", {"by": "site", "form": "json"})
    run = asked.get_json()["run"]["id"]
    work_off(services)
    assert other.get("/runs").get_json()["items"] == []
    for path in (f"/runs/{run}", f"/runs/{run}/file"):
        assert other.get(path).status_code == 404
    assert other.post(f"/runs/{run}/stop", {}).status_code == 404
    assert "S9" in mine.get(f"/runs/{run}/file").get_data(as_text=True)


def test_a_report_is_cut_to_the_part(services: Services, program: Programs, town: Desk) -> None:
    district = program(StaffRole.DISTRICT, Over.REGION, "R1")
    asked = district.post("/runs/report", {"by": "site", "only": {"regions": ["R1", "R2"]}})
    run = asked.get_json()["run"]["id"]
    work_off(services)
    told = district.get(f"/runs/{run}/file").get_data(as_text=True)
    assert "S1" in told
    assert "S9" not in told


def test_a_token_without_the_right_gets_neither_names_nor_file(
    services: Services, program: Programs, town: Desk
) -> None:
    weak = program(StaffRole.CITY, rights={Right.SEE, Right.REPORT})
    assert code_of(weak.post("/runs/certificates", {**PAPER, "team": "T2"})) == "no_right"
    named = {"by": "volunteer", "purpose": "curious"}
    assert code_of(weak.post("/runs/report", named)) == "no_right"


@pytest.mark.parametrize(
    "body",
    [
        PAPER,
        {**PAPER, "team": "T2", "numbers": ["V1"]},
        {**PAPER, "team": "T2' --"},
        {**PAPER, "team": "T2", "again": True},
        {**PAPER, "team": "T2", "by": "V9"},
        {**PAPER, "numbers": ["V1"] * 1_001},
        {**PAPER, "team": "T2", "issuer": "a\x00b"},
    ],
)
def test_what_makes_no_sense_is_refused_before_it_is_a_run(
    program: Programs, body: dict[str, object], services: Services
) -> None:
    city = program(StaffRole.CITY)
    assert city.post("/runs/certificates", body).status_code == 422
    assert city.get("/runs").get_json()["items"] == []
