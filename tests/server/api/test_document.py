"""The document is a promise, and its page shows all of it; the worked example in `docs/api.md` runs as it stands."""

import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.services import Services
from tests.docs.make_limits import ROOT
from tests.server.api.make_openapi import COPY, written
from tests.server.api.program import token_of
from tests.server.books.desk import Desk
from tests.server.staff import hire

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
_PAIR = re.compile(r"```sh\n(curl [^\n]*)\n```\n```(json|csv|pdf)\n(.*?)\n```", re.DOTALL)
_REVIEWING, _PAPERS = PAGE.split("\n## A report as a file", 1)


def test_the_document_is_the_one_that_was_promised(api: Flask) -> None:
    found = api.test_client().get("/api/v1/openapi.json").get_json()
    assert found["openapi"].startswith("3.1")
    assert written(found) == COPY.read_text(encoding="utf-8"), (
        "python -m tests.server.api.make_openapi writes the copy; within v1 it only grows"
    )


def test_every_call_says_what_it_needs_and_can_answer(api: Flask) -> None:
    document = api.test_client().get("/api/v1/openapi.json").get_json()
    calls = [
        call
        for methods in document["paths"].values()
        for method, call in methods.items()
        if method != "parameters"
    ]
    assert len({call["operationId"] for call in calls}) == len(calls)
    shapes = document["components"]["schemas"]
    assert not [name for name in shapes if name[-1].isdigit()], "two shapes of one name: `NAMES`"
    for call in calls:
        assert call["x-right"] in set(Right)
        assert {"401", "403", "422", "429", "503"} < set(call["responses"]), call["operationId"]
        assert call["summary"]


class _Page(HTMLParser):
    """What a page loads and runs."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.loads |= {value or "" for name, value in attrs if name in ("src", "href")}


def test_its_page_shows_every_call_without_script_or_outside_request(api: Flask) -> None:
    client = api.test_client()
    answer = client.get("/api/v1/docs")
    document = client.get("/api/v1/openapi.json").get_json()
    page = _Page()
    page.feed(answer.text)
    assert page.tags.isdisjoint({"script", "iframe", "img", "style"})
    assert not any(name.startswith("on") or name == "style" for name in page.attributes)
    assert {each for each in page.loads if not each.startswith("#")} == {"docs.css", "openapi.json"}
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert client.get("/api/v1/docs.css").mimetype == "text/css"
    for path in document["paths"]:
        assert f"<code>{path}</code>" in answer.text, path
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in answer.text, name


@pytest.fixture
def example(town: Desk, services: Services, api: Flask) -> tuple[FlaskClient, dict[str, str]]:
    """A client for the example, and what its commands know."""
    hire(services, "wang.li", Grant(StaffRole.REVIEWER, Over.REGION, "R1"))
    token = token_of(services, "wang.li", {Right.SEE, Right.DECIDE}).secret
    return api.test_client(), {"RV": "/api/v1", "TOKEN": token}


def test_the_worked_example_runs_as_it_stands(
    example: tuple[FlaskClient, dict[str, str]],
) -> None:
    assert _run(_REVIEWING, *example) >= 5


def test_the_example_of_papers_runs_as_it_stands(
    town: Desk, services: Services, api: Flask
) -> None:
    town.close(202_611, why="a kiosk is out")
    hire(services, "li.na", Grant(StaffRole.DISTRICT, Over.REGION, "R1"))
    token = token_of(services, "li.na", {Right.SEE, Right.REPORT, Right.CERTIFY}).secret
    assert _run(_PAPERS, api.test_client(), {"RV": "/api/v1", "PAPERS": token}) >= 4


def _run(page: str, client: FlaskClient, known: dict[str, str]) -> int:
    """Do what a page shows, command by command, and compare; give how many there were."""
    pairs = _PAIR.findall(page)
    assert len(pairs) == page.count("\ncurl ")
    for command, kind, shown in pairs:
        answer = _curl(client, command, known)
        if kind != "json":
            assert kind in answer.mimetype, answer.text
            _compare_text(shown, answer.get_data().decode("utf-8-sig", "replace"), command)
            continue
        told = answer.get_json(force=True)
        _compare(json.loads(shown), told, command)
        first = told["items"][0] if "items" in told else told
        keys = ("record", "seen", "number")
        known |= {name.upper(): first[name] for name in keys if name in first}
    return len(pairs)


def _curl(client: FlaskClient, command: str, known: dict[str, str]) -> TestResponse:
    """Do what a command line of curl asks for, in process."""
    words = [
        re.sub(r"\$([A-Z]+)", lambda found: known[found[1]], word)
        for word in shlex.split(command)[1:]
    ]
    headers, method, data, url = {}, "GET", None, ""
    rest = iter(words)
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(rest)
        elif word == "-d":
            data = next(rest)
        elif word != "-s":
            url = word
    return client.open(url, method=method, headers=headers, data=data)


def _compare_text(shown: str, found: str, where: str) -> None:
    """Check that a file begins with the lines that a page shows, as far as it shows them."""
    for line, whole in zip(shown.splitlines(), found.splitlines(), strict=False):
        assert whole.startswith(line.removesuffix("…")), (where, whole)


def _compare(shown: Any, found: Any, where: str) -> None:
    """Check that what a page shows is there; `…` stands for anything."""
    if isinstance(shown, dict):
        assert set(shown) <= set(found), where
        for name, value in shown.items():
            _compare(value, found[name], f"{where}\n{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(found), where
        for one, other in zip(shown, found, strict=True):
            _compare(one, other, where)
    elif shown != "…":
        assert shown == found, where


def test_the_page_says_the_bounds_of_the_code() -> None:
    from server import limits

    assert f"{limits.API_CALLS_A_MINUTE} calls a minute" in PAGE
    assert f"({limits.API_PAGE_ROWS}, at most {limits.API_PAGE_ROWS_MAX})" in PAGE
    assert f"known for {limits.API_ANSWER_KEPT_MS // 3_600_000} hours" in PAGE
    assert Path(COPY).exists()


def test_the_page_names_every_call(api: Flask) -> None:
    document = api.test_client().get("/api/v1/openapi.json").get_json()
    for path in document["paths"]:
        assert f"`{path.removeprefix('/api/v1')}`" in PAGE, path
