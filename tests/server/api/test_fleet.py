"""Care of kiosks by program: messages, codes, a log and its entries, batches that were set aside."""

from typing import Any

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.api.test_records import items
from tests.server.api.test_work import done
from tests.server.books.desk import Desk
from tests.server.builders import DAY_MS, START_MS, ServerClock, enrol_at, make_author, push

pytestmark = pytest.mark.both_databases


@pytest.fixture
def district(town: Desk, program: Programs) -> Program:
    """A program of district R1."""
    return program(StaffRole.DISTRICT, Over.REGION, "R1")


def kiosk(caller: Program) -> dict[str, Any]:
    """Give the kiosk at S1."""
    (found,) = done(caller.get("/kiosks", site="S1"))["items"]
    return dict(found)


def test_a_message_is_told_once_at_each_site_and_taken_back(
    clock: ServerClock, district: Program, program: Programs
) -> None:
    wanted = {"region": "R1", "text": "今晚  降温", "days": 2}
    sent = done(district.post("/messages", wanted), 201)
    assert (sent["sites"], sent["written"]) == (["S1", "S2", "S3"], 3)
    assert done(district.post("/messages", wanted), 201)["written"] == 0, "it is told there already"
    told = items(district, "/messages")
    assert [(one["site"], one["text"]) for one in told] == [
        (site, "今晚 降温") for site in ("S1", "S2", "S3")
    ]
    path = f"/messages/{told[0]['message']}/end"
    other = program(StaffRole.DISTRICT, Over.REGION, "R2")
    assert code_of(other.post(path, {})) == "not_found"
    assert done(district.post(path, {}))["site"] == "S1"
    assert code_of(district.post(path, {})) == "not_found"
    assert len(items(district, "/messages")) == 2
    clock.now_ms += 2 * DAY_MS
    assert items(district, "/messages") == []


WRONG = [
    ({}, 422),
    ({"sites": ["S1"], "region": "R1"}, 422),
    ({"sites": []}, 422),
    ({"sites": ["S1"], "text": "  "}, 422),
    ({"sites": ["S1"], "text": "x" * 201}, 422),
    ({"sites": ["S1"], "days": 15}, 422),
    ({"sites": ["S1"], "days": 1.5}, 422),
    ({"sites": ["S1", "S9"]}, 404),
    ({"region": "R2"}, 404),
    ({"region": "R7"}, 404),
]


def test_a_message_to_nobody_or_elsewhere_is_told_nowhere(district: Program) -> None:
    for wrong, status in WRONG:
        wanted: dict[str, Any] = {"text": "x", **wrong}
        assert district.post("/messages", wanted).status_code == status, wrong
    assert items(district, "/messages") == []


def test_codes_are_listed_without_their_secret_and_ended_once(
    district: Program, program: Programs
) -> None:
    made = done(district.post("/enrolment-codes", {"sites": ["S1", "S2", "S3"]}), 201)["codes"]
    told = items(district, "/enrolment-codes")
    open_ones = [one for one in told if one["state"] == "open"]
    assert sorted(one["site"] for one in open_ones) == ["S1", "S2", "S3"]
    secrets = {part for one in made for part in one["code"].split("-")}
    assert not any(secret in str(told) for secret in secrets if len(secret) > 3)
    path = f"/enrolment-codes/{open_ones[0]['code']}/end"
    other = program(StaffRole.DISTRICT, Over.REGION, "R2")
    assert code_of(other.post(path, {})) == "not_found"
    assert done(district.post(path, {}))["already"] is False
    assert done(district.post(path, {}))["already"] is True
    assert code_of(district.post("/enrolment-codes/00/end", {})) == "not_found"


def test_a_log_is_looked_at_down_to_the_entry_up_to_which_it_stands(
    town: Desk, district: Program
) -> None:
    log = kiosk(district)["log"]
    told = done(district.get(f"/logs/{log}"))
    assert (told["kiosk"]["site"], told["kiosk"]["site_name"]) == ("S1", "东门卡口")
    assert [one["site"] for one in told["enrolments"]] == ["S1"]
    assert (told["forked"], told["gaps"]) == (False, [])
    assert told["ranges"][-1]["last"] == town.kiosk.head
    assert [one["error_ms"] for one in told["contacts"]] == [0, 0]
    rows = items(district, f"/logs/{log}/entries")
    assert [row["seq"] for row in rows] == list(range(town.kiosk.head, 0, -1))
    assert rows[0]["hash"] == told["ranges"][-1]["head"]
    scan = next(row for row in rows if row["kind"] == "scan")
    lost = {"lost": "2026-11-03T00:30+08:00", "reason": "stolen"}
    right = lost | {"seq": scan["seq"], "hash": scan["hash"]}
    assert done(district.post(f"/logs/{log}/revoke", right))["seq"] == scan["seq"]
    assert done(district.get(f"/logs/{log}"))["revocations"][0]["hash"] == scan["hash"]


def test_kiosks_are_found_by_region_words_and_trouble(town: Desk, district: Program) -> None:
    missing = make_author("gap")
    enrol_at(town.services, missing, "S2")
    missing.boot(START_MS)
    for at in range(4):
        missing.scan(START_MS + at, "V1", "in")
    assert push(town.client, missing.batch(3)).status_code == 200
    sites = [one["site"] for one in done(district.get("/kiosks"))["items"]]
    assert sites == ["S1", "S2"]
    for asked, found in (
        ({"trouble": "gapped"}, ["S2"]),
        ({"trouble": "forked"}, []),
        ({"region": "R1"}, ["S1", "S2"]),
        ({"region": "R2"}, []),
        ({"q": "东门"}, ["S1"]),
        ({"q": "s2"}, ["S2"]),
    ):
        rows = done(district.get("/kiosks", **asked))["items"]
        assert [one["site"] for one in rows] == found, asked


def test_a_batch_that_was_set_aside_is_opened_within_the_part(
    town: Desk, district: Program, program: Programs
) -> None:
    town.kiosk.scan(START_MS + 50, "V1", "in")
    wire = bytearray(town.kiosk.batch(town.kiosk.head))
    wire[-1] ^= 1
    push(town.client, bytes(wire))
    city = program(StaffRole.CITY)
    (batch,) = items(city, "/set-aside")
    opened = done(city.get(f"/set-aside/{batch['number']}"))
    assert opened["batch"] == batch
    assert opened["first"].startswith("1f8b")
    assert len(opened["digest"]) == 64
    assert code_of(district.get("/set-aside/999")) == "not_found"
