"""The rest of a day's work by program: many decisions, requests, closing, kiosks, codes, reference data."""

from typing import Any

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from server.badges.issue import issue_badges
from server.books.decisions.correct import Said, correct
from server.jobs.uploads import work_off
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.builders import DAY_MS, START_MS, ServerClock, make_author, push

pytestmark = pytest.mark.both_databases

WHY = {"why": "seen on duty"}


@pytest.fixture
def district(town: Desk, program: Programs) -> Program:
    """A program of district R1."""
    return program(StaffRole.DISTRICT, Over.REGION, "R1")


def done(answer: Any, status: int = 200) -> dict[str, Any]:
    """Give what a call answered."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_many_are_decided_on_within_the_part_and_taken_back_at_once(
    town: Desk, district: Program, program: Programs
) -> None:
    sweep = WHY | {"rule": "B6", "action": "approve"}
    tried = done(district.post("/decisions/bulk", sweep | {"dry_run": True}))
    assert (tried["records"], tried["after"]["credited"] - tried["before"]["credited"]) == (1, 3)
    made = done(district.post("/decisions/bulk", sweep))
    derive(town.services)
    assert (town.minutes("V1"), town.minutes("V91")) == ((3, 0, 0), (0, 3, 0))
    other = program(StaffRole.DISTRICT, Over.REGION, "R2")
    assert code_of(other.post(f"/decisions/{made['mark']}/undo", WHY)) == "not_found"
    undone = done(district.post(f"/decisions/{made['mark']}/undo", WHY))
    assert len(undone["decisions"]) == 1
    derive(town.services)
    assert town.minutes("V1") == (0, 3, 0)


def test_a_sweep_of_the_city_is_not_taken_back_by_a_district(
    town: Desk, district: Program, program: Programs
) -> None:
    sweep = WHY | {"rule": "B6", "action": "approve"}
    made = done(program(StaffRole.CITY).post("/decisions/bulk", sweep))
    assert made["records"] == 2
    derive(town.services)
    answer = district.post(f"/decisions/{made['mark']}/undo", WHY)
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_a_request_is_read_and_answered_once(services: Services, district: Program) -> None:
    said = Said("V4", "S1", b"", START_MS, START_MS + 60_000, START_MS, "我早到了")
    request = correct(services.database, services.central, said).request
    (listed,) = done(district.get("/corrections"))["items"]
    assert (listed["request"], listed["volunteer"]) == (request, "V4")
    assert done(district.get(f"/corrections/{request}"))["said"] == "我早到了"
    answer = WHY | {"outcome": "declined"}
    assert done(district.post(f"/corrections/{request}/answer", answer))["already"] is False
    assert done(district.post(f"/corrections/{request}/answer", answer))["already"] is True
    agreed = answer | {"outcome": "agreed", "decision": "a" * 64}
    assert code_of(district.post(f"/corrections/{request}/answer", agreed)) == "answered"
    assert done(district.get("/corrections"))["items"] == []
    assert len(done(district.get("/corrections", all="true"))["items"]) == 1


def test_a_month_is_closed_once_it_is_over_and_says_why_where_something_is_out(
    clock: ServerClock, district: Program
) -> None:
    path = "/periods/S1/2026-11"
    assert code_of(district.post(f"{path}/close", {})) == "not_over"
    clock.now_ms += 60 * DAY_MS
    months = {row["site"]: row for row in done(district.get("/periods", month="2026-11"))["items"]}
    assert (months["S1"]["state"], months["S3"]["state"]) == ("waits", "empty")
    assert code_of(district.post(f"{path}/close", {})) == "reason_needed"
    tried = done(district.post(f"{path}/close", {"dry_run": True}))
    assert (tried["credited"], tried["entry"]) == (240, "")
    closed = done(district.post(f"{path}/close", WHY))
    told = done(district.get(path))
    assert (told["closed"], told["agree"], told["entry"]) == (True, True, closed["entry"])
    assert {way["credited"] for way in told["ways"]} == {240}
    assert done(district.post(f"{path}/close", WHY))["already"] is True
    span = {"from": "2026-11-02", "to": "2026-11-03"}
    dates = done(district.get("/sites/S1/completeness", **span))["site_days"]
    assert [date["complete"] for date in dates] == [True, False]


def test_a_region_is_closed_site_by_site_and_what_comes_later_is_an_adjustment(
    town: Desk, clock: ServerClock, district: Program
) -> None:
    clock.now_ms += 60 * DAY_MS
    path = "/regions/R1/periods/2026-11/close"
    assert code_of(district.post("/regions/R2/periods/2026-11/close", WHY)) == "not_found"
    tried = done(district.post(path, {"dry_run": True}))
    assert (tried["closed"], [one["site"] for one in tried["sites"]]) == (False, ["S1", "S2", "S3"])
    waits = done(district.post(path, {}))
    assert [(one["site"], one["code"]) for one in waits["left_out"]] == [("S1", "reason_needed")]
    assert done(district.post(path, WHY))["closed"] is True
    assert done(district.get("/sites/S1/adjustments"))["items"] == []
    town.late("V7", 24, 26)
    (owed,) = done(district.get("/sites/S1/adjustments"))["items"]
    assert (owed["volunteer"], owed["period"], owed["minutes"]) == ("V7", "2026-11", 120)
    told = done(district.get("/periods/S1/2026-11"))
    assert (told["owed"], told["agree"]) == (1, True)
    lines = {way["by"]: way["lines"] for way in told["ways"]}
    assert [(line["key"], line["credited"]) for line in lines["day"]] == [("2026-11-02", 240)]
    assert lines["who"] == []


def test_a_lost_kiosk_is_revoked_and_new_ones_get_codes(town: Desk, district: Program) -> None:
    (kiosk,) = done(district.get("/kiosks", site="S1"))["items"]
    lost = {"lost": "2026-11-02T00:30+08:00", "reason": "stolen"}
    path = f"/logs/{kiosk['log']}/revoke"
    tried = done(district.post(path, lost | {"dry_run": True}))
    assert tried["people"] == 3
    assert done(district.post(path, lost))["already"] is False
    assert done(district.post(path, lost))["already"] is True
    made = done(
        district.post("/enrolment-codes", {"sites": ["S1", "S2"]}, key="codes-for-two"), 201
    )
    assert [code["site"] for code in made["codes"]] == ["S1", "S2"]
    again = district.post("/enrolment-codes", {"sites": ["S1", "S2"]}, key="codes-for-two")
    assert done(again, 201) == made, "a repeated request makes no second codes"


def test_a_log_that_nobody_knows_is_confirmed_by_whoever_has_everything(
    town: Desk, district: Program, program: Programs
) -> None:
    stranger = make_author("a stranger")
    stranger.boot(START_MS)
    assert push(town.client, stranger.batch()).status_code == 200
    path = f"/logs/{stranger.log}/confirm"
    assert code_of(district.post(path, {"site": "S1"})) == "unknown_log"
    city = program(StaffRole.CITY)
    assert done(city.post(path, {"site": "S1"}))["site"] == "S1"
    assert done(district.post(path, {}))["already"] is True


def test_reference_data_is_changed_on_what_was_seen_and_stays_within(district: Program) -> None:
    told = district.get("/reference/sites/S1")
    tag, site = told.headers["ETag"], done(told)
    assert site["cells"]["name"] == "东门卡口"
    change = {"cells": {"code": "S1", "name": "东门", "kind": "checkpoint", "region": "R1"}}
    assert code_of(district.post("/reference/sites", change)) == "seen_needed"
    assert done(district.post("/reference/sites", change, seen=tag))["changed"] is True
    late = {"cells": change["cells"] | {"name": "大东门"}}
    assert code_of(district.post("/reference/sites", late, seen=tag)) == "changed_since"
    assert done(district.get("/reference/sites/S1"))["versions"][0]["cells"]["name"] == "东门"
    out = {"cells": {"code": "S8", "name": "x", "kind": "gate", "region": "R2"}}
    assert code_of(district.post("/reference/sites", out, seen="*")) == "bad_field"
    wrong = district.post("/reference/sites", {"cells": {"code": "S8", "kind": "x"}}, seen="*")
    assert (wrong.status_code, code_of(wrong)) == (422, "bad_field")


def test_people_are_found_and_told_as_far_as_one_may_read(
    district: Program, program: Programs
) -> None:
    assert [p["name"] for p in done(district.get("/people", q="V1"))["items"]][:1] == ["志愿者1"]
    viewer = program(StaffRole.VIEWER, Over.REGION, "R1")
    assert [p["name"] for p in done(viewer.get("/people", q="V1"))["items"]][:1] == ["志*1"]
    full = done(district.get("/reference/volunteers/V1"))["cells"]
    veiled = done(viewer.get("/reference/volunteers/V1"))["cells"]
    assert (full["phone"], full["name"]) == ("13900000001", "志愿者1")
    assert (veiled["phone"], veiled["name"]) == ("", "志*1")
    rows = done(viewer.get("/reference/volunteers", by="team", **{"is": "T1"}, limit=3))
    assert (len(rows["items"]), {row["cells"]["team"] for row in rows["items"]}) == (3, {"T1"})
    assert rows["next"]
    assert code_of(viewer.get("/reference/volunteers", by="kind", **{"is": "x"})) == "bad_field"


def test_two_numbers_become_one_person_only_within_the_part(town: Desk, district: Program) -> None:
    path = "/people/V1/merge"
    assert code_of(district.post(path, WHY | {"into": "V91"})) == "not_found"
    assert code_of(district.post("/people/V91/merge", WHY | {"into": "V1"})) == "not_found"
    assert done(district.post(path, WHY | {"into": "V4"}))["already"] is False
    assert done(district.post(path, WHY | {"into": "V4"}))["already"] is True
    derive(town.services)
    assert (len(town.records("V1")), len(town.records("V4"))) == (0, 2)
    assert done(district.get("/walk-ins"))["items"] == []


def test_a_lost_badge_is_revoked_once(services: Services, district: Program) -> None:
    path, lost = "/people/V8/badges/revoke", {"reason": "lost"}
    assert code_of(district.post(path, lost)) == "not_found"
    with services.database.write_facts() as connection:
        issue_badges(connection, services.signer.keys.badges, ["V8"], now_ms=START_MS)
    assert done(district.post(path, lost))["already"] is False
    assert done(district.post(path, lost))["already"] is True


def test_a_file_is_handed_over_looked_at_and_imported_as_far_as_ones_part_reaches(
    services: Services, district: Program, program: Programs
) -> None:
    own = "/imports/0011223344556677"
    path, file = "/imports/00112233aabbccdd", "code,name,region\nT7,七队,R2\nT8,,R1\n".encode()
    asked = {"kind": "teams", "name": "teams.csv", "since": "2026-11-01"}
    assert done(district.put(own, file, **asked))["state"] == "checking"
    city = program(StaffRole.CITY)
    assert done(city.put(path, file, **asked))["state"] == "checking"
    assert done(city.put(path, b"other", **asked))["state"] == "checking", "an id is taken once"
    work_off(services)
    checked = done(city.get(path))
    assert (checked["state"], checked["added"], checked["bad"]) == ("checked", 1, 1)
    assert checked["faults"][0]["line"] == 3
    (change,) = done(city.get(f"{path}/changes"))["items"]
    assert (change["before"], change["after"]["name"]) == (None, "七队")
    refused = done(district.get(own))
    assert (refused["added"], [f["line"] for f in refused["faults"]]) == (0, [2, 3])
    assert code_of(district.get(f"{path}/changes")) == "not_found"
    assert code_of(district.put(path, file, **asked)) == "not_found"
    assert done(city.post(f"{path}/run", {}))["state"] == "importing"
    work_off(services)
    assert [one["state"] for one in done(city.get("/imports"))["items"]] == ["checked", "done"]
    assert code_of(district.post(f"{path}/drop", {})) == "not_found"
    assert [one["id"] for one in done(district.get("/imports"))["items"]] == [own[9:]]
    assert done(city.post(f"{path}/drop", {})) == {"id": "00112233aabbccdd"}
    assert done(city.post(f"{own}/drop", {})) == {"id": own[9:]}
    assert done(city.get("/imports"))["items"] == []
    assert done(city.get("/reference/teams/T7"))["cells"]["name"] == "七队"


def test_what_is_certified_exported_and_issued_is_listed_page_by_page(
    clock: ServerClock, district: Program
) -> None:
    assert done(district.get("/certificates"))["items"] == []
    gone = district.post("/certificates/2026-ABCD-EFGH/withdraw", WHY)
    assert (gone.status_code, code_of(gone)) == (404, "not_found")
    assert done(district.get("/bulletins"))["items"] == []
    clock.now_ms += 60 * DAY_MS
    for site in ("S1", "S2"):
        done(district.post(f"/periods/{site}/2026-11/close", WHY))
    first = done(district.get("/exports", month="2026-11", limit=1))
    assert [(e["site"], e["waiting"]) for e in first["items"]] == [("S1", 1)]
    rest = done(district.get("/exports", month="2026-11", limit=1, cursor=first["next"]))
    assert (rest["items"], rest["next"]) == ([], None)
    assert done(district.get("/sites/S1/shifts/2026-11"))["shifts"] == []
