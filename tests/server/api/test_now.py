"""Now by program: people against what is needed, who is on duty, coverage; all cut to the part, names masked."""

from pathlib import Path

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.api.test_records import items
from tests.server.api.test_work import done
from tests.server.books.desk import Desk
from tests.server.builders import HOUR_MS, START_MS, ServerClock
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases


@pytest.fixture
def viewer(
    town: Desk, services: Services, clock: ServerClock, program: Programs, tmp_path: Path
) -> Program:
    """A viewer of R1, on a day on which V1 stands at S1 and two are needed at its post P1."""
    for kind, text in (
        ("posts", "code,site,name,role,capacity,needs\nP1,S1,登记,registration,2,\n"),
        ("shifts", "code,post,start,end,needed\nH1,P1,2026-11-04T08:00,2026-11-04T20:00,2\n"),
    ):
        import_text(services, tmp_path, kind, text)
    town.kiosk.scan(START_MS + 57 * HOUR_MS, "V1", "in", post="P1")
    town.sync(58)
    clock.now_ms = START_MS + 59 * HOUR_MS
    return program(StaffRole.VIEWER, Over.REGION, "R1")


def test_sites_stand_with_people_against_what_is_needed(viewer: Program, program: Programs) -> None:
    told = done(viewer.get("/now"))["totals"]
    assert (told["people"], told["needed"], told["missing"], told["all"]) == (1, 2, 1, 3)
    rows = items(viewer, "/now/sites", sort="short")
    assert [row["site"] for row in rows] == ["S1", "S2", "S3"]
    assert (rows[0]["short"], rows[0]["blind"], rows[1]["blind"]) == (1, False, True)
    assert rows[0]["contact"] is not None or rows[0]["as_of"] is not None
    assert [row["site"] for row in items(viewer, "/now/sites", state="manned")] == ["S1"]
    assert items(viewer, "/now/sites", region="R2") == []
    assert len(items(program(StaffRole.CITY), "/now/sites")) == 4


def test_who_is_on_duty_is_told_by_masked_names_at_any_moment(
    viewer: Program, program: Programs
) -> None:
    told = done(viewer.get("/now/sites/S1"))
    assert [(one["volunteer"], one["name"], one["post"]) for one in told["people"]] == [
        ("V1", "志*1", "P1")
    ]
    assert [one["site"] for one in told["kiosks"]] == ["S1"]
    post = next(one for one in told["posts"] if one["post"] == "P1")
    assert {piece["kind"] for piece in post["pieces"]} >= {"gap", "ahead"}
    before = done(viewer.get("/now/sites/S1", at="2026-11-02T10:00+08:00"))
    assert {one["volunteer"] for one in before["people"]} == {"V2", "V4"}
    assert before["day"] == "2026-11-02"
    ahead = done(viewer.get("/now/sites/S1", at="2030-01-01T00:00Z"))
    assert ahead["at"] == told["at"]
    assert code_of(viewer.get("/now/sites/S9")) == "not_found"
    assert done(program(StaffRole.CITY).get("/now/sites/S9"))["name"] == "平桥卡口"


def test_coverage_has_no_holes_and_ends_at_the_border(viewer: Program) -> None:
    (post,) = items(viewer, "/coverage", day="2026-11-04")
    ends = [piece["until"] for piece in post["pieces"]]
    assert [piece["since"] for piece in post["pieces"]][1:] == ends[:-1]
    assert (post["pieces"][0]["since"][:10], ends[-1][:10]) == ("2026-11-04", "2026-11-05")
    assert [shift["needed"] for shift in post["shifts"]] == [2]
    assert items(viewer, "/coverage", region="R2") == []
    assert items(viewer, "/coverage", q="没有") == []
    ahead = done(viewer.get("/coverage", day="2099-01-01"))["items"]
    assert ahead == items(viewer, "/coverage")
