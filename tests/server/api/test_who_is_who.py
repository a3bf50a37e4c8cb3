"""Who is who by program: walk-ins opened one at a time, possible duplicates, mergers undone; requests written down."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schemas.central_entry import Merge
from schemas.entry import WalkIn
from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import StaffRole
from server.models.log import LogEntry
from server.models.staff import Reading
from server.services import Services
from sync.canonical import understand
from sync.walk_in import seal_details
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.api.test_records import items
from tests.server.api.test_work import WHY, done
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

NUMBER = "TAAAAAA-7K2M"
ALIKE = (
    "number,name,phone,team,born\nV60,单小明,13911112222,T1,1990-01-01\n"
    "V61,单小明,13911112222,T1,1990-01-01\nV63,李一,13911112222,T9,\n"
)


@pytest.fixture
def full_town(town: Desk, services: Services, tmp_path: Path) -> Desk:
    """Two numbers of one person in R1 and one of R2 with the same phone; a walk-in at S1 who gave it."""
    import_text(services, tmp_path, "volunteers", ALIKE)
    given = {"name": "单小明", "phone": "139 1111 2222"}
    sealed = seal_details(services.signer.keys.seal_public, given)
    stamp = town.kiosk.stamp(START_MS + 41 * HOUR_MS)
    town.kiosk.add(WalkIn(*stamp, NUMBER, "", sealed, "plain", "V13"))
    town.sync(42)
    return town


@pytest.fixture
def district(full_town: Desk, program: Programs) -> Program:
    """A program of district R1."""
    return program(StaffRole.DISTRICT, Over.REGION, "R1")


def noted(services: Services) -> list[tuple[str, str, int]]:
    with services.database.read() as connection:
        return [(r.what, r.about, r.people) for r in connection.execute(select(Reading))]


def test_what_a_walk_in_gave_is_opened_one_at_a_time_and_noted(
    services: Services, district: Program, program: Programs
) -> None:
    (listed,) = items(district, "/walk-ins")
    assert (listed["number"], listed["site"], noted(services)) == (NUMBER, "S1", [])
    opened = done(district.get(f"/walk-ins/{NUMBER}"))
    assert opened["details"] == {"name": "单小明", "phone": "139 1111 2222"}
    found = {one["number"]: one["by"] for one in opened["candidates"]}
    assert set(found) == {"V60", "V61"}, "V63 lies elsewhere"
    assert "phone" in found["V60"]
    assert noted(services) == [("api walk_in", NUMBER, 3)]
    reviewer = program(StaffRole.REVIEWER, Over.REGION, "R1")
    veiled = done(reviewer.get(f"/walk-ins/{NUMBER}"))
    assert {one["name"] for one in veiled["candidates"]} == {"单*明"}
    other = program(StaffRole.DISTRICT, Over.REGION, "R2")
    assert code_of(other.get(f"/walk-ins/{NUMBER}")) == "not_found"
    assert code_of(program(StaffRole.VIEWER).get(f"/walk-ins/{NUMBER}")) == "no_right"


def test_people_who_may_be_one_are_named_as_far_as_one_may_read(
    services: Services, district: Program, program: Programs
) -> None:
    (group,) = done(district.get("/duplicates"))["items"]
    assert [(one["number"], one["name"]) for one in group["people"]] == [
        ("V60", "单小明"),
        ("V61", "单小明"),
    ]
    assert noted(services) == [("api duplicates", "phone", 2)]
    reviewer = program(StaffRole.REVIEWER, Over.REGION, "R1")
    (group,) = done(reviewer.get("/duplicates", by="born"))["items"]
    assert {one["name"] for one in group["people"]} == {"单*明"}
    (whole,) = done(program(StaffRole.CITY).get("/duplicates"))["items"]
    assert [one["number"] for one in whole["people"]] == ["V60", "V61", "V63"]


def test_a_merger_is_seen_and_undone_within_the_part(
    full_town: Desk, district: Program, program: Programs
) -> None:
    elsewhere = district.get("/people/V1/merge-effect", into="V91")
    assert code_of(elsewhere) == "not_found"
    foreseen = done(district.get("/people/V1/merge-effect", into="V4"))
    assert [(o["number"], o["records"]) for o in foreseen["then"]] == [("V4", 2)]
    merged = done(district.post("/people/V1/merge", WHY | {"into": "V4"}))
    taken = done(district.post(f"/walk-ins/{NUMBER}/accept", WHY | {"into": "V60"}))
    derive(full_town.services)
    assert len(full_town.records("V4")) == 2
    (told,) = done(district.get("/people/V1/mergers"))["items"]
    assert (told["entry"], told["into"], told["stands"]) == (merged["entry"], "V4", True)
    assert (told["by"][:2], told["why"], told["undone_by"]) == ("ST", WHY["why"], "")
    (walk_in,) = done(district.get("/people/V60/mergers"))["items"]
    assert (walk_in["number"], walk_in["walk_in"]) == (NUMBER, True)
    other = program(StaffRole.DISTRICT, Over.REGION, "R2")
    assert code_of(other.get("/people/V1/mergers")) == "not_found"
    path = f"/mergers/{merged['entry']}/undo"
    assert code_of(other.get(f"{path}-effect")) == "not_merged"
    foreseen = done(district.get(f"{path}-effect"))
    assert [(o["number"], o["others"], o["records"]) for o in foreseen["now"]] == [
        ("V4", ["V1"], 2)
    ]
    assert [(o["number"], o["records"]) for o in foreseen["then"]] == [("V1", 1), ("V4", 1)]
    assert code_of(other.post(path, WHY)) == "not_merged"
    assert done(district.post(path, WHY))["already"] is False
    assert done(district.post(path, WHY))["already"] is True
    assert done(district.post(f"/mergers/{taken['entry']}/undo", WHY))["number"] == NUMBER
    assert code_of(district.post(f"/mergers/{'a' * 64}/undo", WHY)) == "not_merged"
    derive(full_town.services)
    assert (len(full_town.records("V1")), len(full_town.records("V4"))) == (1, 1)
    assert done(district.get("/people/V1/mergers"))["items"][0]["stands"] is False


REQUEST: dict[str, Any] = {
    "volunteer": "V2", "site": "S1", "said": "我十二点才走",
    "came": "2026-11-02T17:00+08:00", "left": "2026-11-02T20:00+08:00",
}  # fmt: skip


def test_a_request_is_written_down_once_and_says_which_decisions_may_answer_it(
    full_town: Desk, district: Program, program: Programs
) -> None:
    asked = done(district.post("/corrections", REQUEST), 201)
    again = done(district.post("/corrections", REQUEST), 201)
    assert (asked["already"], again["already"]) == (False, True)
    assert asked["request"] == again["request"]
    path = f"/corrections/{asked['request']}"
    told = done(district.get(path))
    assert (told["said"], told["came"][:16]) == ("我十二点才走", "2026-11-02T17:00")
    assert done(district.get(f"{path}/decisions"))["items"] == []
    made = full_town.decide("V2", Action.REFUSE, settles="B4")
    (listed,) = done(district.get(f"{path}/decisions"))["items"]
    assert (listed["decision"], listed["action"]) == (made.decisions[0], "refuse")
    anothers = full_town.decide("V1", Action.REFUSE, settles="B6").decisions[0]
    wrong = WHY | {"outcome": "partly", "decision": anothers}
    assert code_of(district.post(f"{path}/answer", wrong)) == "not_found", "about somebody else"
    agreed = WHY | {"outcome": "partly", "decision": listed["decision"]}
    assert done(district.post(f"{path}/answer", agreed))["already"] is False
    other = program(StaffRole.REVIEWER, Over.REGION, "R2")
    assert code_of(other.get(f"{path}/decisions")) == "not_found"


WRONG = [
    ({"volunteer": "V91", "site": "S9"}, "not_found"),
    ({"volunteer": "V777"}, "not_found"),
    ({"site": "S77"}, "not_found"),
    ({"record": "a" * 64}, "not_found"),
    ({"said": ""}, "bad_field"),
    ({"said": "x" * 20_000}, "bad_field"),
    ({"left": "2026-11-02T16:00+08:00"}, "bad_field"),
    ({"came": "2026-11-02T17:00"}, "bad_field"),
]


def test_a_request_of_somebody_elsewhere_or_without_sense_is_refused(district: Program) -> None:
    for wrong, code in WRONG:
        assert code_of(district.post("/corrections", REQUEST | wrong)) == code, wrong
    assert done(district.get("/corrections"))["items"] == []


def test_a_merge_names_no_second_person_whom_nobody_has_asked(
    full_town: Desk, district: Program
) -> None:
    wanted = WHY | {"into": "V4"}
    assert code_of(district.post("/people/V1/merge", wanted | {"second": "V14"})) == "bad_field"
    merged = done(district.post("/people/V1/merge", wanted | {"second": ""}))
    with full_town.services.database.read() as connection:
        query = select(LogEntry.body).where(LogEntry.hash == bytes.fromhex(merged["entry"]))
        entry = understand(bytes(connection.execute(query).scalar_one()))
    assert isinstance(entry, Merge)
    assert entry.second == ""
