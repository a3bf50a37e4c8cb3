"""From hours and findings to a decision: what a program of a reviewer reads, decides, and takes back."""

from typing import Any

import pytest
from sqlalchemy import select

from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.models.staff import Reading
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.books.desk import Desk
from tests.server.books.world import derive

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reviewer(town: Desk, program: Programs) -> Program:
    """A reviewer of R1."""
    return program(StaffRole.REVIEWER, Over.REGION, "R1")


def items(program: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    """Read a list page by page, two items each, and check that cursors end."""
    found, cursor = [], ""
    for _ in range(50):
        answer = program.get(path, limit=2, **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        found += body["items"]
        cursor = body["next"]
        if cursor is None:
            return found
        assert len(body["items"]) == 2
    raise AssertionError("a list without an end")


def held_record(program: Program, volunteer: str = "V1", rule: str = "B6") -> dict[str, Any]:
    """Find the record of somebody that a rule holds."""
    (found,) = items(program, "/findings", rule=rule, volunteer=volunteer)
    record: dict[str, Any] = program.get(f"/records/{found['record']}").get_json()
    return record


def test_hours_are_those_of_ones_own_part_page_by_page(
    reviewer: Program, program: Programs
) -> None:
    own = items(reviewer, "/hours", by="volunteer")
    assert [(row["key"], row["minutes_credited"], row["minutes_held"]) for row in own] == [
        ("V1", 0, 3),
        ("V2", 0, 0),
        ("V4", 240, 0),
    ]
    assert own[0]["name"] == "志*1"
    everyone = items(program(StaffRole.CITY), "/hours", by="volunteer")
    assert [row["key"] for row in everyone] == ["V1", "V2", "V4", "V91", "V92"]
    by_day = items(reviewer, "/hours", by="day", **{"from": "2026-11-02", "to": "2026-11-02"})
    assert [(row["key"], row["minutes_credited"]) for row in by_day] == [("2026-11-02", 240)]
    assert [row["key"] for row in items(reviewer, "/hours", by="region")] == ["R1"]


def test_names_are_read_for_a_purpose_that_is_noted(
    services: Services, reviewer: Program, program: Programs
) -> None:
    asked = {"by": "volunteer", "purpose": "year's end thanks"}
    assert code_of(reviewer.get("/hours", **asked)) == "no_right"
    district = program(StaffRole.DISTRICT, Over.REGION, "R1")
    rows = district.get("/hours", **asked).get_json()["items"]
    assert [row["name"] for row in rows] == ["志愿者1", "志愿者2", "志愿者4"]
    with services.database.read() as connection:
        noted = connection.execute(select(Reading)).one()
    assert (noted.what, noted.people, noted.purpose) == ("api hours", 3, "year's end thanks")


def test_findings_and_records_end_at_the_border(reviewer: Program) -> None:
    assert {found["site"] for found in items(reviewer, "/findings")} == {"S1"}
    assert items(reviewer, "/findings", site="S9") == []
    assert items(reviewer, "/findings", volunteer="V91") == []
    own = items(reviewer, "/records", site="S1")
    assert {row["volunteer"] for row in own} == {"V1", "V2", "V4"}
    assert [row["came"] for row in own] == sorted(row["came"] for row in own)
    assert items(reviewer, "/records", site="S9") == []
    assert code_of(reviewer.get("/records")) == "bad_field"


def test_a_record_is_explained_and_its_reading_noted(services: Services, reviewer: Program) -> None:
    record = held_record(reviewer)
    assert (record["volunteer"], record["held"], record["parts"][0]["cause"]) == ("V1", 3, "B6")
    person = reviewer.get("/people/V1/records", day="2026-11-02").get_json()
    assert (person["name"], len(person["records"])) == ("志*1", 1)
    with services.database.read() as connection:
        noted = [(r.what, r.about) for r in connection.execute(select(Reading))]
    assert noted == [("api record", "V1"), ("api person", "V1")]


def test_a_decision_is_tried_made_and_not_lost_to_another(
    town: Desk, reviewer: Program, program: Programs
) -> None:
    record = held_record(reviewer)
    path, tag = f"/records/{record['record']}/decisions", f'"{record["seen"]}"'
    wish = {"volunteer": "V1", "action": "approve", "settles": "B6", "why": "seen on duty"}
    assert code_of(reviewer.post(path, wish)) == "seen_needed"
    tried = reviewer.post(path, wish | {"dry_run": True}, seen=tag).get_json()
    assert (tried["after"]["credited"], tried["decisions"]) == (3, [])
    assert town.minutes("V1") == (0, 3, 0)
    done = reviewer.post(path, wish, seen=tag)
    assert (done.status_code, len(done.get_json()["decisions"])) == (200, 1)
    derive(town.services)
    assert town.minutes("V1") == (3, 0, 0)
    late = program(StaffRole.REVIEWER).post(path, wish | {"action": "refuse"}, seen=tag)
    assert (late.status_code, code_of(late)) == (412, "changed_since")
    fresh = reviewer.get(f"/records/{record['record']}")
    assert fresh.headers["ETag"] != tag
    assert fresh.get_json()["decisions"][0]["action"] == "approve"


def test_whoever_has_no_number_decides_nothing(
    town: Desk, program: Programs, services: Services
) -> None:
    from server.models.staff import StaffAccount

    nobody = program(StaffRole.CITY)
    record = held_record(nobody)
    with services.database.write_facts() as connection:
        connection.execute(StaffAccount.__table__.update().values(number=""))  # type: ignore[attr-defined]
    wish = {"volunteer": "V1", "action": "approve", "why": "seen"}
    answer = nobody.post(f"/records/{record['record']}/decisions", wish, seen="*")
    assert (answer.status_code, code_of(answer)) == (403, "number_needed")


def test_a_token_without_the_right_to_decide_only_reads(town: Desk, program: Programs) -> None:
    reader = program(StaffRole.CITY, rights={Right.SEE})
    record = held_record(reader)
    wish = {"volunteer": "V1", "action": "approve", "why": "seen"}
    answer = reader.post(f"/records/{record['record']}/decisions", wish, seen="*")
    assert (answer.status_code, code_of(answer)) == (403, "no_right")
