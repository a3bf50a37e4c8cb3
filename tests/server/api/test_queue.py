"""What waits, and deciding on much of it: figures, views, sweeps step by step, proposals of two people."""

from typing import Any

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from server.books.decisions.correct import Said, correct
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.api.test_records import held_record, items
from tests.server.api.test_work import WHY, done
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    ServerClock,
    enrol_at,
    make_author,
    push,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reviewer(town: Desk, program: Programs) -> Program:
    """A reviewer of R1."""
    return program(StaffRole.REVIEWER, Over.REGION, "R1")


def test_what_waits_is_counted_within_the_part(
    services: Services, clock: ServerClock, reviewer: Program, program: Programs
) -> None:
    said = Said("V4", "S1", b"", START_MS, START_MS + 60_000, START_MS, "我早到了")
    correct(services.database, services.central, said)
    clock.now_ms = START_MS + 40 * DAY_MS
    told = done(reviewer.get("/todo"))
    assert (told["findings"], told["corrections"]["count"]) == (2, 1)
    assert {one["rule"]: one["count"] for one in told["rules"]} == {"B4": 1, "B6": 1}
    assert told["rules"][0]["days"] == 39
    assert told["corrections"]["overdue"] == 1
    assert done(program(StaffRole.CITY).get("/todo"))["findings"] == 3
    (blocked,) = items(reviewer, "/todo/months")
    assert (blocked["site"], blocked["month"]) == ("S1", "2026-11")
    assert [one["why"] for one in blocked["logs"]] == ["behind"]
    assert items(reviewer, "/todo/months", month="2026-10") == []


def test_a_view_is_ones_own_and_the_same_in_the_console(
    reviewer: Program, program: Programs
) -> None:
    view = {"name": "短时长", "filters": {"rule": "B6", "site": "S1"}}
    assert done(reviewer.post("/views", view)) == view
    changed = view | {"filters": {"rule": "B6"}}
    assert done(reviewer.post("/views", changed)) == changed
    assert done(reviewer.get("/views"))["items"] == [changed]
    assert done(program(StaffRole.CITY).get("/views"))["items"] == []
    assert done(reviewer.post("/views/forget", {"name": "短时长"}))["already"] is False
    assert done(reviewer.post("/views/forget", {"name": "短时长"}))["already"] is True
    for wrong in (
        view | {"filters": {"page": "x"}},
        view | {"name": ""},
        view | {"name": "a\tb"},
        view | {"name": "x" * 41},
        view | {"filters": {"q": "汉" * 80, "site": "s" * 80}},
    ):
        assert code_of(reviewer.post("/views", wrong)) == "bad_field", wrong


def go_on(caller: Program, sweep: str) -> dict[str, Any]:
    """Have a sweep worked off until it waits for a person."""
    for _ in range(5):
        told = done(caller.post(f"/sweeps/{sweep}/step", {}))
        if told["phase"] not in ("looking", "deciding", "undoing"):
            return told
    raise AssertionError("a sweep without an end")


def test_a_sweep_is_looked_at_decided_and_stepped_back_from(
    town: Desk, reviewer: Program, program: Programs
) -> None:
    begun = done(reviewer.post("/sweeps", {"action": "approve", "rule": "B6"}), 201)
    mark = begun["sweep"]
    assert (begun["phase"], begun["total"], begun["filters"]) == ("looking", 1, {"rule": "B6"})
    assert done(reviewer.post(f"/sweeps/{mark}/decide", WHY))["phase"] == "looking", "not seen yet"
    ready = go_on(reviewer, mark)
    assert (ready["phase"], ready["records"], ready["left"]) == ("ready", 1, 0)
    assert (ready["before"]["held"], ready["after"]["credited"]) == (3, 3)
    assert town.minutes("V1") == (0, 3, 0), "nothing is decided yet"
    assert done(reviewer.post(f"/sweeps/{mark}/decide", WHY))["phase"] == "deciding"
    assert go_on(reviewer, mark)["phase"] == "done"
    derive(town.services)
    assert (town.minutes("V1"), town.minutes("V91")) == ((3, 0, 0), (0, 3, 0))
    other = program(StaffRole.REVIEWER, Over.REGION, "R2")
    assert code_of(other.get(f"/sweeps/{mark}")) == "not_found"
    assert code_of(other.post(f"/sweeps/{mark}/undo", WHY)) == "not_found"
    assert [one["sweep"] for one in done(reviewer.get("/sweeps"))["items"]] == [mark]
    assert done(reviewer.post(f"/sweeps/{mark}/undo", WHY))["phase"] == "undoing"
    assert go_on(reviewer, mark)["phase"] == "undone"
    derive(town.services)
    assert town.minutes("V1") == (0, 3, 0)


def test_a_sweep_takes_the_findings_that_were_picked_and_says_what_it_leaves_out(
    town: Desk, reviewer: Program
) -> None:
    found = {one["about"]: one["finding"] for one in items(reviewer, "/findings")}
    wanted = {"action": "approve", "findings": [found["V2"]]}
    begun = done(reviewer.post("/sweeps", wanted), 201)
    go_on(reviewer, begun["sweep"])
    opened = done(reviewer.get(f"/sweeps/{begun['sweep']}"))
    assert opened["sweep"]["left"] == 1, "a stay without an end cannot be approved as it is"
    (left,) = opened["left_out"]
    assert (left["who"], opened["codes"]) == ("V2", {left["code"]: 1})
    for wrong in (["x"], ["é"], [found["V2"][:-2]], []):
        answer = reviewer.post("/sweeps", {"action": "approve", "findings": wrong})
        assert (answer.status_code, code_of(answer)) == (422, "bad_field"), wrong
    elsewhere = {"action": "approve", "region": "R2"}
    assert code_of(reviewer.post("/sweeps", elsewhere)) == "bad_field", "nothing of theirs is there"


def crowd(town: Desk) -> None:
    """Bring ten people to S1 who came and went within moments of each other, all of them typed (E2)."""
    kiosk = make_author("crowd")
    enrol_at(town.services, kiosk, "S1")
    kiosk.boot(START_MS)
    for at, direction in ((24, "in"), (27, "out")):
        for n in range(5, 15):
            kiosk.scan(START_MS + at * HOUR_MS + n * 1000, f"V{n}", direction, how="typed")
    kiosk.contact(START_MS + 40 * HOUR_MS, town.services.signer.keys.identity)
    assert push(town.client, kiosk.batch()).status_code == 200
    derive(town.services)


def test_what_takes_two_people_is_proposed_by_one_and_confirmed_by_the_other(
    town: Desk, reviewer: Program, program: Programs
) -> None:
    crowd(town)
    record = held_record(reviewer, "V5", "E2")
    path, tag = f"/records/{record['record']}", f'"{record["seen"]}"'
    wish = WHY | {"volunteer": "V5", "action": "approve", "settles": "E2"}
    assert code_of(reviewer.post(f"{path}/decisions", wish, seen=tag)) == "second_needed"
    named = wish | {"second": "V14"}
    assert code_of(reviewer.post(f"{path}/decisions", named, seen=tag)) == "bad_field"
    assert code_of(reviewer.post(f"{path}/proposals", wish)) == "seen_needed"
    stale = reviewer.post(f"{path}/proposals", wish, seen='"00-00"')
    assert (stale.status_code, code_of(stale)) == (412, "changed_since")
    made = done(reviewer.post(f"{path}/proposals", wish, seen=tag), 201)
    assert done(reviewer.post(f"{path}/proposals", wish, seen=tag), 201) == made
    (waits,) = done(reviewer.get("/proposals"))["items"]
    assert (waits["volunteer"], waits["action"], waits["site"]) == ("V5", "approve", "S1")
    confirm = f"/proposals/{made['proposal']}/confirm"
    assert code_of(reviewer.post(confirm, {})) == "second_needed", "one pair of eyes"
    elsewhere = program(StaffRole.CITY, Over.REGION, "R2")
    assert code_of(elsewhere.post(confirm, {})) == "not_found"
    second = program(StaffRole.REVIEWER, Over.REGION, "R1")
    assert len(done(second.post(confirm, {}))["decisions"]) == 1
    assert code_of(second.post(confirm, {})) == "not_found", "it waits no more"
    derive(town.services)
    assert town.minutes("V5")[0] == 180


def test_a_proposal_is_withdrawn_and_nothing_is_decided(town: Desk, reviewer: Program) -> None:
    record = held_record(reviewer)
    path, wish = f"/records/{record['record']}/proposals", WHY | {"volunteer": "V1"}
    lone = wish | {"action": "adjust", "credit": []}
    assert code_of(reviewer.post(path, lone, seen="*")) == "bad_field", "it could never be decided"
    made = done(reviewer.post(path, wish | {"action": "approve"}, seen="*"), 201)
    withdraw = f"/proposals/{made['proposal']}/withdraw"
    assert done(reviewer.post(withdraw, {})) == made
    assert code_of(reviewer.post(withdraw, {})) == "not_found"
    assert done(reviewer.get("/proposals"))["items"] == []
    assert town.minutes("V1") == (0, 3, 0)
