"""One's own account by program, those that an administrator looks after, and who read what."""

import pytest
from flask import Flask

from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.accounts import sessions
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of, token_of
from tests.server.api.test_records import items
from tests.server.api.test_work import done
from tests.server.staff import EVERYWHERE, hire

pytestmark = pytest.mark.both_databases


@pytest.fixture
def admin(program: Programs) -> Program:
    """A program of an administrator of everything."""
    return program(StaffRole.ADMINISTRATOR)


def test_an_account_knows_itself_and_what_its_token_may(services: Services, api: Flask) -> None:
    hire(services, "wang.li", Grant(StaffRole.REVIEWER, Over.REGION, "R1"))
    caller = Program.of(api, services, "wang.li", {Right.SEE, Right.DECIDE})
    told = done(caller.get("/account"))
    assert (told["name"], told["rights"]) == ("wang.li", ["decide", "see"])
    assert told["grants"] == [{"role": "reviewer", "over": "region", "code": "R1"}]


def test_sessions_and_tokens_are_ended_by_their_own_account_alone(
    services: Services, api: Flask, program: Programs
) -> None:
    opened = hire(services, "wang.li", EVERYWHERE[StaffRole.REVIEWER])
    other = program(StaffRole.CITY)
    caller = Program.of(api, services, "wang.li")
    with services.database.write_facts() as connection:
        now = services.signer.clock.wall_ms()
        sessions.begin(connection, opened.account, "Firefox <b>", now)
    (told,) = done(caller.get("/account/sessions"))["items"]
    assert told["browser"] == "Firefox <b>"
    path = f"/account/sessions/{told['session']}/end"
    assert code_of(other.post(path, {})) == "not_found"
    assert done(caller.post(path, {})) == {"session": told["session"]}
    assert code_of(caller.post(path, {})) == "not_found"
    spare = token_of(services, "wang.li")
    held = done(caller.get("/account/tokens"))["items"]
    assert spare.token.id in {one["token"] for one in held}
    assert spare.secret not in str(held)
    revoke = f"/account/tokens/{spare.token.id}/revoke"
    assert code_of(other.post(revoke, {})) == "not_found"
    assert done(caller.post(revoke, {})) == {"token": spare.token.id}
    spare_program = Program(api.test_client(), spare.secret)
    assert code_of(spare_program.get("/account")) == "bad_token"
    assert caller.get("/account").status_code == 200


def test_an_administrator_sees_and_closes_accounts_within_their_part(
    services: Services, api: Flask, admin: Program, program: Programs
) -> None:
    theirs = hire(services, "theirs", Grant(StaffRole.CITY, Over.REGION, "R2"))
    mine = hire(services, "mine", Grant(StaffRole.REVIEWER, Over.REGION, "R1"))
    local = program(StaffRole.ADMINISTRATOR, Over.REGION, "R1")
    names = [one["name"] for one in items(admin, "/accounts")]
    assert names == sorted(names)
    assert {"mine", "theirs"} < set(names)
    assert "theirs" not in {one["name"] for one in items(local, "/accounts")}
    assert code_of(local.get(f"/accounts/{theirs.account}")) == "not_found"
    assert code_of(local.post(f"/accounts/{theirs.account}/close", {})) == "not_found"
    worker = Program.of(api, services, "mine")
    assert worker.get("/hours").status_code == 200
    assert done(local.post(f"/accounts/{mine.account}/close", {}))["already"] is False
    assert done(local.post(f"/accounts/{mine.account}/close", {}))["already"] is True
    assert code_of(worker.get("/hours")) == "bad_token"
    assert done(local.get(f"/accounts/{mine.account}"))["open"] is False
    own = next(
        one["account"] for one in items(admin, "/accounts") if one["name"] == "administrator.1"
    )
    assert code_of(admin.post(f"/accounts/{own}/close", {})) == "bad_field"
    assert code_of(program(StaffRole.CITY).get("/accounts")) == "no_right"


def test_a_token_makes_nobody_and_lets_nobody_in(api: Flask) -> None:
    """What opens a door is behind the second factor, on the page (docs/api.md)."""
    posts = {
        rule.rule
        for rule in api.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and "account" in rule.rule
    }
    assert posts == {
        "/api/v1/account/sessions/<hash:session>/end",
        "/api/v1/account/tokens/<place:token>/revoke",
        "/api/v1/accounts/<place:account>/close",
    }


def test_who_read_what_is_told_to_who_looks_after_everything(
    services: Services, town: object, admin: Program, program: Programs
) -> None:
    city = program(StaffRole.CITY)
    for who in ("V1", "V2", "V4"):
        city.get(f"/people/{who}/records")
    told = items(admin, "/readings")
    assert [(one["what"], one["about"]) for one in told] == [
        ("api person", who) for who in ("V4", "V2", "V1")
    ]
    assert items(admin, "/readings", by="nobody.here") == []
    assert len(items(admin, "/readings", by=told[0]["by"])) == 3
    local = program(StaffRole.ADMINISTRATOR, Over.REGION, "R1")
    assert code_of(local.get("/readings")) == "not_found", "a reading is of no region"
    assert code_of(city.get("/readings")) == "no_right"
    assert code_of(admin.get("/readings", by="' OR 1=1")) == "bad_field"
