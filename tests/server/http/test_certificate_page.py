"""The public page of certificates: masked facts for what holds, one shape for every answer, and bounds for strangers."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import server.http.certificate_page as certificate_page
from server.certificates.check import Finding, KeyAge
from server.certificates.code import code_text, said_of
from server.certificates.withdraw import withdraw
from server.services import Services
from tests.server.books.desk import CITY, Desk, make_desk
from tests.server.builders import ServerClock, problem_code
from tests.server.certificates.desk import LATE_H, issue

PAGE = Path(certificate_page.__file__).parent / "certificate_page"


@pytest.fixture
def closed(services: Services, clock: ServerClock) -> Desk:
    """A centre with a closed month of V1."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.sync(LATE_H)
    found.close()
    return found


def ask(client: FlaskClient, asked: object, **more: object) -> TestResponse:
    return client.post("/c/check", json={"asked": asked}, **more)  # type: ignore[arg-type] # werkzeug's own


@pytest.mark.both_databases
def test_it_shows_masked_facts_of_what_holds_and_nothing_of_what_does_not(closed: Desk) -> None:
    client = closed.client
    made = issue(closed, "V1")
    key = closed.services.signer.keys.badges[made.entry.key]
    code = code_text(key, said_of(made.entry, made.issued_ms, made.name))
    for asked in (code, made.entry.number):
        said = ask(client, asked).get_json()
        assert (said["finding"], said["key"], said["minutes"], said["hours"]) == (
            *("good", "current", 240, "4.00"),
        )
        assert (said["name"], said["volunteer"]) == ("志*1", "**")
        assert "志愿者" not in ask(client, asked).get_data(as_text=True)
    services = closed.services
    withdraw(services.database, services.central, CITY, made.entry.number, "误发")
    said = ask(client, code).get_json()
    assert said["finding"] == "withdrawn"
    assert {value for key, value in said.items() if key not in ("finding", "key")} == {"", 0}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "asked", ["2026-00000-00000", "", "V1", "\x00", "\ud800", "'--", "文" * 900]
)
def test_an_unknown_number_has_the_shape_of_any_other_answer(closed: Desk, asked: str) -> None:
    good = ask(closed.client, issue(closed, "V1").entry.number)
    other = ask(closed.client, asked)
    assert (good.status_code, other.status_code) == (200, 200)
    assert list(other.get_json()) == list(good.get_json())
    assert other.get_json()["finding"] == "unknown"
    same = [name for name, _ in other.headers if name != "Content-Length"]
    assert same == [name for name, _ in good.headers if name != "Content-Length"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b'{"asked": 5}', 400, "malformed"),
        (b'{"asked": "x", "more": 1}', 400, "malformed"),
        (b'{"asked": "x", "asked": "y"}', 400, "malformed"),
        (b'{"asked": "%s"}' % (b"x" * 4_400), 400, "malformed"),
        (b'{"asked": "%s"}' % (b"x" * 20_000), 413, "too_large"),
    ],
)
def test_what_is_no_question_is_refused(
    client: FlaskClient, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/c/check", data=body, content_type="application/json")
    assert (answer.status_code, problem_code(answer)) == (status, code)


def test_a_source_that_asks_too_much_is_put_off_and_others_are_not(client: FlaskClient) -> None:
    def status(source: str, **headers: str) -> int:
        answer = ask(client, "x", environ_base={"REMOTE_ADDR": source}, headers=headers)
        return answer.status_code

    asked = [status(f"2001:db8::{n:x}") for n in range(125)]  # one subscriber's network
    assert asked == [200] * 120 + [429] * 5
    assert status("2001:db8:0:1::1") == 200
    assert status("203.0.113.5", **{"X-Forwarded-For": "2001:db8::1"}) == 200  # says so itself
    proxied = status("127.0.0.1", **{"X-Forwarded-For": "203.0.113.9, 2001:db8::1"})
    assert proxied == 429  # as our proxy says, last
    answer = ask(client, "x", environ_base={"REMOTE_ADDR": "2001:db8::1"})
    assert problem_code(answer) == "too_many_attempts"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/c", "/c/2026-7K3M9-QX2T4", "/c/%3Cscript%3E"])
def test_the_page_sets_no_cookie_and_needs_nothing_from_elsewhere(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    text = answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"https?://|<script>|<style>|\son\w+=|style=", text)
    for name, kind in (("certificate.js", "text/javascript"), ("certificate.css", "text/css")):
        assert f'"/c/page/{name}"' in text
        part = client.get(f"/c/page/{name}")
        assert (part.status_code, part.mimetype) == (200, kind)
        assert not re.search(r"https?://|innerHTML|eval\(", part.get_data(as_text=True))
    assert client.get("/c/page/../certificate_page.py").status_code == 404


def test_the_page_has_words_for_everything_that_can_be_said() -> None:
    script = (PAGE / "certificate.js").read_text(encoding="utf-8")
    words, keys = (_keys_of(script, name) for name in ("WORDS", "KEYS"))
    assert set(Finding) - {Finding.SIGNED} <= words
    assert keys == set(KeyAge) - {KeyAge.NONE, KeyAge.CURRENT}


def _keys_of(script: str, name: str) -> set[str]:
    """The keys of a table in the script."""
    table = re.search(rf"const {name} = {{(.*?)^}};", script, re.DOTALL | re.MULTILINE)
    assert table
    return set(re.findall(r"^  (\w+): ", table[1], re.MULTILINE))
