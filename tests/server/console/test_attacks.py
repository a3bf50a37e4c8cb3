"""What somebody sends who wants to break in or break something: every page answers it with a refusal, never with a failure."""

import re
from base64 import urlsafe_b64encode
from typing import Any, ClassVar

import msgspec
import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.console.pages import RIGHTS
from server.services import Services
from tests.server.console.conftest import Browser
from tests.server.staff import form_token, hire, signed_in

SAMPLES = {
    "entry": "00" * 32,
    "first": 20_759,
    "hash_": "00" * 32,
    "key": "V1",
    "kind": "volunteers",
    "log": "a" * 32,
    "mark": "00" * 16,
    "month": "2026-11",
    "site": "S1",
}
"""Arguments of addresses that lead as far as they can without anything being there."""


def _cursor(*values: object) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(values)).decode().rstrip("=")


HOSTILE = ("a\0b\r\nSet-Cookie: a=b", "9" * 30, "0001-01-01")
CURSORS = (
    _cursor(2**64 - 1, "V1", "B4", b"x"),
    _cursor(0, "a\0b", "B4", b""),
    _cursor([], {}),
)

PLACES = {"after", "before", "at"}

STRICTER = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""Of the two databases the one that refuses what the other takes: numbers without bounds, NUL, comparing unlike things."""


@pytest.fixture
def thief(services: Services, console: Flask) -> FlaskClient:
    """Somebody with every right, so that nothing is refused for want of one."""
    grants = (Grant(StaffRole.ADMINISTRATOR, Over.ALL), Grant(StaffRole.CITY, Over.ALL))
    console.request_class = _Request
    hire(services, "thief", *grants, number="V14")
    return signed_in(console, "thief")


class Listening(ImmutableMultiDict[str, str]):
    """What a request carries, and which names of it were read."""

    read: ClassVar[set[str]] = set()

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        """Note the name."""
        self.read.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        """Note the name."""
        self.read.add(key)
        return super().getlist(key, *rest, **more)


class _Request(Request):
    parameter_storage_class = Listening


def _read_by(client: FlaskClient, address: str, form: dict[str, str] | None) -> list[str]:
    """Give the names that a page reads from its address, or from its form."""
    Listening.read.clear()
    client.open(address, method="POST" if form else "GET", data=form)
    return sorted(Listening.read - {"csrf_token"})


def _address(rule: Rule, **hostile: object) -> str:
    values = {
        name: hostile.get(name, SAMPLES.get(name, 1 if "<int:" in rule.rule else "x"))
        for name in rule.arguments
    }
    built = rule.build(values)
    assert built is not None
    return built[1].replace("\0", "%00").replace("\r", "%0D").replace("\n", "%0A")


def _rules(console: Flask, method: str) -> list[Rule]:
    rules = [rule for rule in console.url_map.iter_rules() if rule.endpoint in RIGHTS]
    return [one for one in rules if method in (one.methods or ())]


@STRICTER
def test_no_page_fails_whatever_its_address_asks_for(console: Flask, thief: FlaskClient) -> None:
    failed = []
    for rule in _rules(console, "GET"):
        for name in _read_by(thief, _address(rule), None):
            for hostile in (*HOSTILE, *(CURSORS if name in PLACES else ())):
                answer = thief.get(_address(rule), query_string={name: hostile})
                if answer.status_code >= 500 or "a=b" in str(answer.headers):
                    failed.append((rule.rule, name, hostile, answer.status_code))
    assert failed == []


@STRICTER
def test_no_page_fails_whatever_its_address_names(console: Flask, thief: FlaskClient) -> None:
    token = form_token(thief.get("/console/account").text)
    failed = []
    for rule in [*_rules(console, "GET"), *_rules(console, "POST")]:
        for name in rule.arguments:
            numbers = "<int:" + name in rule.rule
            for hostile in [10**30, 2**31, 2**63] if numbers else HOSTILE[:2]:
                for method in {"GET", "POST"} & (rule.methods or set()):
                    form = {"csrf_token": token, "why": "x"} if method == "POST" else None
                    answer = thief.open(_address(rule, **{name: hostile}), method=method, data=form)
                    if answer.status_code >= 500:
                        failed.append((method, rule.rule, hostile, answer.status_code))
    assert failed == []


@STRICTER
def test_no_form_fails_whatever_its_fields_hold(console: Flask, thief: FlaskClient) -> None:
    token = form_token(thief.get("/console/account").text)
    failed = []
    for rule in _rules(console, "POST"):
        if rule.endpoint in ("accounts.leave", "accounts.act"):
            continue
        given = {"csrf_token": token, "why": "x"}
        for name in _read_by(thief, _address(rule), given):
            for hostile in HOSTILE:
                answer = thief.post(_address(rule), data=given | {name: hostile})
                if answer.status_code >= 500:
                    failed.append((rule.rule, name, hostile, answer.status_code))
    assert failed == []


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "https://evil.example/console",
        "https:evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ],
)
def test_no_address_leads_elsewhere(browser: Browser, target: str) -> None:
    client = browser(StaffRole.VIEWER)
    form = {"back": target, "csrf_token": form_token(client.get("/console/account").text)}
    led = [
        client.post("/console/language/en", data=form).headers["Location"],
        client.get("/console/login", query_string={"next": target}).headers["Location"],
    ]
    for location in led:
        assert re.match(r"/(?![/\\])|http://localhost/", location), location


def test_every_form_wants_its_token(console: Flask, thief: FlaskClient) -> None:
    taken = [
        rule.rule
        for rule in _rules(console, "POST")
        if thief.post(_address(rule), data={"why": "x"}).status_code != 400
    ]
    assert taken == []
