"""Signing in: password, one-time code, lockout, and sessions that the server can end."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import create_app
from server.access.roles import StaffRole
from server.accounts.account import Account
from server.accounts.change_account import Opened
from server.limits import (
    PASSWORD_CHARS_MAX,
    SESSION_IDLE_MS,
    SESSION_MS,
    SIGN_IN_FAILED_MAX,
    SIGN_IN_LOCKED_MS,
)
from server.services import Services
from tests.server.builders import ServerClock
from tests.server.console.conftest import Browser
from tests.server.staff import EVERYWHERE, form_token, hire, one_time_code, said, signed_in


@pytest.fixture
def reviewer(services: Services) -> Opened:
    """An account that has never been used."""
    return hire(services, "wang.li", EVERYWHERE[StaffRole.REVIEWER])


def _enter(client: FlaskClient, password: str, name: str = "wang.li") -> str:
    """Post name and password; give where that leads ("" if it does not)."""
    token = form_token(client.get("/console/login").text)
    data = {"username": name, "password": password, "csrf_token": token}
    return client.post("/console/login", data=data).headers.get("Location", "")


def _set_up(client: FlaskClient) -> str:
    """Have the second factor's code shown, and give its secret."""
    token = form_token(client.get("/console/tf-setup").text)
    page = client.post("/console/tf-setup", data={"setup": "authenticator", "csrf_token": token})
    found = re.search(r'<code class="long">([^<]+)</code>', page.text)
    assert found
    return found.group(1)


def _confirm(client: FlaskClient, page: str, code: str) -> str:
    token = form_token(client.get(page).text)
    answer = client.post("/console/tf-validate", data={"code": code, "csrf_token": token})
    return answer.headers.get("Location", "")


def test_an_account_signs_in_with_password_and_one_time_code_and_not_with_one_alone(
    services: Services, reviewer: Opened
) -> None:
    client = create_app(services).test_client()
    assert client.get("/console/").headers["Location"] == "/console/login?next=/console/"
    assert _enter(client, "wrong password 1") == ""
    assert _enter(client, reviewer.password).startswith("/console/tf-setup")
    assert client.get("/console/").status_code == 302, "the password alone must not do"
    secret = _set_up(client)
    assert _confirm(client, "/console/tf-setup", "000000") == ""
    assert client.get("/console/").status_code == 302
    secret = _set_up(client)
    assert _confirm(client, "/console/tf-setup", one_time_code(secret, time.time()))
    assert client.get("/console/").status_code == 200
    assert said(services, "wang.li") == ["opened", "second_factor"]
    again = create_app(services).test_client()
    assert _enter(again, reviewer.password).startswith("/console/tf-validate")
    assert again.get("/console/").status_code == 302


def test_what_is_too_long_for_a_password_costs_no_hash(
    services: Services, reviewer: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[object] = []
    monkeypatch.setattr(
        Account, "verify_and_update_password", lambda _, given: hashed.append(given)
    )
    assert _enter(create_app(services).test_client(), "x" * (PASSWORD_CHARS_MAX + 1)) == ""
    assert hashed == []
    assert _enter(create_app(services).test_client(), "x" * PASSWORD_CHARS_MAX) == ""
    assert hashed == ["x" * PASSWORD_CHARS_MAX]


def test_too_many_wrong_passwords_lock_the_account_for_a_while(
    services: Services, clock: ServerClock, reviewer: Opened
) -> None:
    client = create_app(services).test_client()
    for _ in range(SIGN_IN_FAILED_MAX):
        assert _enter(client, "wrong password 1") == ""
    assert _enter(client, reviewer.password) == ""
    clock.now_ms += SIGN_IN_LOCKED_MS + 1
    assert _enter(client, reviewer.password).startswith("/console/tf-setup")


@pytest.mark.parametrize("page", ["change", "verify"])
def test_whoever_finds_a_session_open_cannot_guess_the_password_there(
    console: Flask, reviewer: Opened, clock: ServerClock, page: str
) -> None:
    client = signed_in(console, "wang.li")
    token = form_token(client.get(f"/console/{page}").text)

    def enter(password: str) -> int:
        new = dict.fromkeys(("new_password", "new_password_confirm"), "a new password 1")
        sent = new | {"csrf_token": token, "password": password}
        return client.post(f"/console/{page}", data=sent).status_code

    assert {enter("wrong password 1") for _ in range(SIGN_IN_FAILED_MAX)} == {200}
    assert enter(reviewer.password) == 200, "locked"
    clock.now_ms += SIGN_IN_LOCKED_MS + 1
    client = signed_in(console, "wang.li")
    token = form_token(client.get(f"/console/{page}").text)
    assert enter("x" * (PASSWORD_CHARS_MAX + 1)) == 200
    assert enter(reviewer.password) == 302


def test_the_password_is_asked_again_in_ones_own_language(console: Flask, reviewer: Opened) -> None:
    client = signed_in(console, "wang.li")
    page = client.get("/console/mf-recovery-codes", follow_redirects=True)
    assert "再输一次密码" in page.text
    assert "eauthenticat" not in page.text
    sent = {"csrf_token": form_token(page.text), "password": reviewer.password}
    done = client.post(page.request.full_path, data=sent)
    assert done.location.endswith("/console/mf-recovery-codes")


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    console: Flask, reviewer: Opened
) -> None:
    def answer(name: str) -> str:
        client = console.test_client()
        token = form_token(client.get("/console/login").text)
        data = {"username": name, "password": "wrong password 1", "csrf_token": token}
        page = client.post("/console/login", data=data).text
        return re.sub(r'value="[^"]*"|nonce="[^"]*"|\{[^}]*\}', "", page)

    assert answer("wang.li") == answer("no.body")


def test_a_form_without_its_token_does_nothing(browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    assert client.post("/console/leave").status_code == 400
    assert client.get("/console/").status_code == 200


def test_signing_out_ends_the_session_at_the_server_too(console: Flask, browser: Browser) -> None:
    client = browser(StaffRole.VIEWER)
    page = client.get("/console/").text
    cookie = client.get_cookie("redvest")
    assert cookie is not None
    assert client.post("/console/leave", data={"csrf_token": form_token(page)}).status_code == 302
    thief = console.test_client()
    thief.set_cookie("redvest", cookie.value)
    assert thief.get("/console/").status_code == 302


@pytest.mark.parametrize("wait_ms", [SESSION_IDLE_MS + 1, SESSION_MS + 1])
def test_a_session_ends_by_itself(browser: Browser, clock: ServerClock, wait_ms: int) -> None:
    client = browser(StaffRole.VIEWER)
    assert client.get("/console/").status_code == 200
    clock.now_ms += wait_ms
    assert client.get("/console/").status_code == 302


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_saved(
    browser: Browser, clock: ServerClock
) -> None:
    client = browser(StaffRole.CITY)
    form = client.get("/console/reference/volunteers/new").text
    clock.now_ms += SESSION_MS + 1
    sent = {"csrf_token": form_token(form), "number": "V70", "name": "新来"}
    for code in ("signed_out", "stale_form"):  # the second time there is no cookie left, either
        answer = client.post("/console/reference/volunteers/new", data=sent)
        assert answer.status_code in (400, 401)
        assert code in answer.text
        assert "没有保存任何改动" in answer.text


def test_a_session_that_is_used_lasts_half_a_day_and_no_longer(
    browser: Browser, clock: ServerClock
) -> None:
    client = browser(StaffRole.VIEWER)
    spent = 0
    while spent + SESSION_IDLE_MS < SESSION_MS:
        clock.now_ms += SESSION_IDLE_MS
        spent += SESSION_IDLE_MS
        assert client.get("/console/").status_code == 200
    clock.now_ms += SESSION_MS - spent + 1
    assert client.get("/console/").status_code == 302


def test_one_ends_ones_other_sessions_and_nobody_elses(
    console: Flask, services: Services, browser: Browser
) -> None:
    hire(services, "li.na", EVERYWHERE[StaffRole.VIEWER])
    here, elsewhere = signed_in(console, "li.na"), signed_in(console, "li.na")
    stranger = browser(StaffRole.VIEWER)
    page = here.get("/console/account").text
    data = {"csrf_token": form_token(page)}
    assert here.post("/console/account/sessions/all/end", data=data).status_code == 302
    assert here.get("/console/").status_code == 200
    assert elsewhere.get("/console/").status_code == 302
    assert stranger.get("/console/").status_code == 200


def test_a_new_password_ends_every_other_session(console: Flask, services: Services) -> None:
    hired = hire(services, "li.na", EVERYWHERE[StaffRole.VIEWER])
    here, elsewhere = signed_in(console, "li.na"), signed_in(console, "li.na")
    stolen = here.get_cookie("redvest")
    assert stolen is not None
    new = "a new one, long enough 7"
    data = {
        "csrf_token": form_token(here.get("/console/change").text),
        "password": hired.password,
        "new_password": new,
        "new_password_confirm": new,
    }
    assert here.post("/console/change", data=data).status_code == 302
    thief = console.test_client()
    thief.set_cookie("redvest", stolen.value)
    assert [one.get("/console/account").status_code for one in (elsewhere, thief)] == [302, 302]
    page = here.get("/console/account").text
    assert page.count("登录于") == 1, "nobody is told of sessions that let nobody in"
    assert _enter(console.test_client(), hired.password, "li.na") == ""
    assert _enter(console.test_client(), new, "li.na").startswith("/console/tf-setup")
    assert said(services, "li.na") == ["opened", "password"]


def test_a_closed_account_is_out_at_once(
    console: Flask, services: Services, browser: Browser
) -> None:
    hired = hire(services, "li.na", EVERYWHERE[StaffRole.VIEWER])
    client, administrator = signed_in(console, "li.na"), browser(StaffRole.ADMINISTRATOR)
    data = {"csrf_token": form_token(administrator.get("/console/accounts").text)}
    administrator.post(f"/console/accounts/{hired.account}/close", data=data)
    assert client.get("/console/").status_code == 302
    assert _enter(console.test_client(), hired.password, "li.na") == ""
