"""Who is let in: a token, a right, and not too often; no cookie, and nothing that the account itself may not."""

import pytest
from flask import Flask
from sqlalchemy import select

from server import create_app
from server.access.roles import RIGHTS as RIGHTS_OF_ROLES
from server.access.roles import Right, StaffRole
from server.accounts.account import read_account
from server.accounts.change_account import Wanted, change_account, close_account
from server.accounts.tokens import USED_EVERY_MS, revoke_token
from server.api.guard import LIMIT, OPEN, RIGHTS
from server.books.dates import DAY_MS
from server.console import create_console
from server.models.staff import StaffAccount
from server.models.token import StaffToken
from server.services import Services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of, token_of
from tests.server.builders import ServerClock
from tests.server.staff import EVERYWHERE, hire, signed_in


def test_every_call_names_the_right_it_needs_or_is_open_on_purpose(api: Flask) -> None:
    assert {rule.endpoint for rule in api.url_map.iter_rules()} == set(RIGHTS) | OPEN


def test_every_route_of_the_api_lies_under_its_version(api: Flask) -> None:
    assert all(rule.rule.startswith("/api/v1/") for rule in api.url_map.iter_rules())


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer rv_",
        "Bearer rv_" + "a" * 43,
        "Bearer rv_" + "a" * 4_000,
        "Bearer \u00e9",
        "Bearer ' OR 1=1 --",
        "Basic cnY6cnY=",
        "Token rv_" + "a" * 43,
        "bearer\trv_",
    ],
)
def test_what_is_no_token_of_ours_is_answered_alike(api: Flask, header: str) -> None:
    answer = api.test_client().get("/api/v1/hours", headers={"Authorization": header})
    assert (answer.status_code, code_of(answer)) == (401, "bad_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_of_the_console_opens_nothing(services: Services) -> None:
    hire(services, "city", EVERYWHERE[StaffRole.CITY])
    browser = signed_in(create_console(services), "city")
    cookie = browser.get_cookie("redvest")
    assert cookie is not None
    client = create_app(services).test_client()
    client.set_cookie("redvest", cookie.value)
    answer = client.get("/api/v1/hours")
    assert code_of(answer) == "bad_token"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_list_opens_for_whoever_has_its_right_and_nobody_else(
    api: Flask, program: Programs, role: StaffRole
) -> None:
    caller = program(role)
    for rule in api.url_map.iter_rules():
        if rule.endpoint in RIGHTS and "GET" in (rule.methods or ()) and not rule.arguments:
            status = caller.get(rule.rule.removeprefix("/api/v1")).status_code
            allowed = RIGHTS[rule.endpoint] in RIGHTS_OF_ROLES[role]
            assert (status in (200, 422)) if allowed else (status == 403), (rule.rule, status)


def test_a_token_ends_with_its_time_its_revocation_and_its_account(
    services: Services, clock: ServerClock, api: Flask
) -> None:
    hire(services, "city", EVERYWHERE[StaffRole.CITY])
    made = [token_of(services, "city", days=days) for days in (1, 5, 5)]
    short, revoked, whole = (Program(api.test_client(), one.secret) for one in made)
    assert {p.get("/hours").status_code for p in (short, revoked, whole)} == {200}
    clock.now_ms += DAY_MS
    assert code_of(short.get("/hours")) == "bad_token"
    with services.database.write_facts() as connection:
        account = read_account(connection, StaffAccount.name == "city")
        assert account is not None
        revoke_token(connection, services.central, account, made[1].token.id, by="city")
    assert code_of(revoked.get("/hours")) == "bad_token"
    assert whole.get("/hours").status_code == 200
    with services.database.write_facts() as connection:
        close_account(connection, services.central, account.id, by="")
    assert code_of(whole.get("/hours")) == "bad_token"


def test_a_token_loses_what_its_account_loses(services: Services, api: Flask) -> None:
    opened = hire(services, "anna", EVERYWHERE[StaffRole.CITY])
    anna = Program.of(api, services, "anna")
    assert anna.get("/hours").status_code == 200
    wanted = Wanted("anna", "Anna", "ST-anna", ())
    with services.database.write_facts() as connection:
        change_account(connection, services.central, opened.account, wanted, by="")
    assert code_of(anna.get("/hours")) == "no_right"


def test_when_a_token_was_used_is_written_down_to_the_minute(
    services: Services, clock: ServerClock, program: Programs
) -> None:
    caller = program(StaffRole.CITY)
    used = []
    for step_ms in (0, 1_000, USED_EVERY_MS):
        clock.now_ms += step_ms
        caller.get("/hours")
        with services.database.read() as connection:
            used.append(connection.scalar(select(StaffToken.used_ms)))
    assert used == [clock.now_ms - USED_EVERY_MS - 1_000] * 2 + [clock.now_ms]


def test_whoever_calls_too_often_is_told_when_to_come_back(api: Flask, program: Programs) -> None:
    api.config[LIMIT] = "2/minute"
    first, other = program(StaffRole.CITY), program(StaffRole.CITY)
    assert [first.get("/hours").status_code for _ in range(2)] == [200, 200]
    late = first.get("/hours")
    assert (late.status_code, code_of(late)) == (429, "too_many_calls")
    assert 0 < int(late.headers["Retry-After"]) <= 60
    assert other.get("/hours").status_code == 200, "each token counts for itself"
    assert first.client.get("/api/v1/openapi.json").status_code == 200


def test_right_words_are_asked_for_in_the_answer(program: Programs) -> None:
    answer = program(StaffRole.CITY, rights={Right.REPORT}).get("/hours")
    assert "see" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/api/v2/hours", 404, "not_found"),
        ("GET", "/api/v1//hours", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("DELETE", "/api/v1/hours", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/hours", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    services: Services, method: str, path: str, status: int, code: str
) -> None:
    answer = create_app(services).test_client().open(path, method=method)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if status == 405:
        assert "GET" in answer.headers["Allow"]
