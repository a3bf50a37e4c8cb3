"""Every route is closed unless it says who may come in, and pages load nothing from elsewhere."""

import pytest
from flask import Flask

from server.access.roles import RIGHTS as RIGHTS_OF_ROLES
from server.access.roles import Right, StaffRole
from server.console.guard import OPEN
from server.console.pages import RIGHTS
from tests.server.console.conftest import Browser


def test_every_route_names_the_right_it_needs_or_is_open_on_purpose(console: Flask) -> None:
    closed = {rule.endpoint for rule in console.url_map.iter_rules()} - OPEN
    assert {e for e in closed if not e.startswith("security.")} == set(RIGHTS)


@pytest.mark.parametrize("role", list(StaffRole))
def test_pages_without_arguments_open_for_whoever_has_the_right_and_nobody_else(
    console: Flask, browser: Browser, role: StaffRole
) -> None:
    client = browser(role)
    for rule in console.url_map.iter_rules():
        needs: Right | None = RIGHTS.get(rule.endpoint)
        if needs is None or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        status = client.get(rule.rule).status_code
        allowed = needs in RIGHTS_OF_ROLES[role]
        assert (status in (200, 302)) if allowed else (status == 403), (rule.rule, status)


def test_nobody_comes_in_without_signing_in(console: Flask) -> None:
    client = console.test_client()
    for rule in console.url_map.iter_rules():
        if rule.endpoint in RIGHTS and not rule.arguments and "GET" in (rule.methods or ()):
            answer = client.get(rule.rule)
            assert answer.headers["Location"].startswith("/console/login"), rule.rule


def test_the_policy_allows_nothing_from_elsewhere_and_no_script_of_a_stranger(
    browser: Browser,
) -> None:
    client = browser(StaffRole.VIEWER)
    first, second = client.get("/console/"), client.get("/console/")
    policy = first.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy != second.headers["Content-Security-Policy"], "a nonce is used once"
    assert first.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_is_answered_in_words(browser: Browser) -> None:
    answer = browser(StaffRole.VIEWER).get("/console/nowhere")
    assert answer.status_code == 404
    assert "not_found" in answer.text
