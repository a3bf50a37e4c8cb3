"""Bodies, addresses and cursors that nobody means well: each is refused with a code, and changes nothing."""

import json
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.access.grant import Over
from server.access.roles import StaffRole
from server.api import create_api
from server.api.guard import LIMIT
from server.config import Config
from server.limits import API_BODY_BYTES_MAX, API_CURSOR_CHARS_MAX
from server.services import Services, open_services
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of, facts
from tests.server.books.desk import Desk
from tests.server.builders import ServerClock
from tests.server.staff import EVERYWHERE, hire

PATH = f"/records/{'a' * 64}/decisions"
GOOD = {"volunteer": "V1", "action": "approve", "why": "seen"}


@pytest.fixture(scope="module")
def quiet(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A server on which nothing may change."""
    home = tmp_path_factory.mktemp("quiet") / "home"
    shutil.copytree(template, home)
    opened = open_services(Config(home), ServerClock().clock())
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def stranger(quiet: Services) -> Program:
    """A program that may do everything there."""
    api = create_api(quiet)
    api.config[LIMIT] = "100000/minute"
    hire(quiet, "stranger", EVERYWHERE[StaffRole.CITY], EVERYWHERE[StaffRole.ADMINISTRATOR])
    return Program.of(api, quiet, "stranger")


def _with(**fields: object) -> bytes:
    return json.dumps(GOOD | fields).encode()


BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "not UTF-8": (b'{"why": "\xff"}', 400),
    "a key twice": (b'{"volunteer": "V1", "volunteer": "V2"}', 400),
    "deep": (b"[" * 50_000, 400),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "text": (b'"why"', 422),
    "NaN": (b'{"why": NaN}', 422),
    "a large number": (b'{"why": ' + b"9" * 5_000 + b"}", 400),
    "unknown field": (_with(by="V9"), 422),
    "another's name": (_with(volunteer="V1' --"), 422),
    "NUL": (_with(why="a\x00b"), 422),
    "half a character": (b'{"volunteer":"V1","action":"approve","why":"\\ud800"}', 422),
    "no reason": (_with(why=""), 422),
    "a blank reason": (_with(why=" \n\u3000"), 422),
    "a long reason": (_with(why="a" * 301), 422),
    "line break behind": (_with(volunteer="V1\n"), 422),
    "undo is no action": (_with(action="undo"), 422),
    "text for truth": (_with(dry_run="false"), 422),
    "a number for truth": (_with(dry_run=1), 422),
    "too many stretches": (_with(credit=[{}] * 25), 422),
    "no date": (_with(credit=[{"since": "2026-13-40T99:99Z"}]), 422),
    "a time without its place": (_with(credit=[{"since": "2026-11-02T08:00"}]), 422),
    "a date beyond": (_with(credit=[{"since": "2999-12-31T23:59-23:59"}]), 404),
    "large": (b" " * (API_BODY_BYTES_MAX + 1), 413),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_is_refused_and_changes_nothing(
    quiet: Services, stranger: Program, kind: str
) -> None:
    body, status = BODIES[kind]
    before = facts(quiet)
    answer = stranger.post(PATH, body, seen="*")
    assert (answer.status_code, bool(code_of(answer))) == (status, True), answer.text
    assert facts(quiet) == before


def test_names_of_unknown_fields_come_back_cut(stranger: Program) -> None:
    body = json.dumps(GOOD | {f"<script>{n:05}" * 50: 1 for n in range(100)}).encode()
    answer = stranger.post(PATH, body, seen="*")
    assert answer.status_code == 422
    assert len(answer.get_data()) < 4_000


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(stranger: Program, kind: str) -> None:
    headers = {"Authorization": f"Bearer {stranger.secret}", "Idempotency-Key": "12345678"}
    answer = stranger.client.post(f"/api/v1{PATH}", data=b"{}", headers=headers, content_type=kind)
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media")


@pytest.fixture
def city(town: Desk, program: Programs) -> Program:
    """A program that may do everything, where people served."""
    return program(StaffRole.CITY)


def test_what_is_no_version_of_ours_is_told_so(city: Program) -> None:
    record = city.get("/records", volunteer="V1").get_json()["items"][0]["record"]
    for tag in ('W/"a"', '"a", "b"', "a", '""', '"' + "a" * 200 + '"', "\u00e9"):
        answer = city.post(f"/records/{record}/decisions", GOOD, seen=tag)
        assert (answer.status_code, code_of(answer)) == (412, "changed_since"), tag


ADDRESSES = [
    "/hours?by=name",
    "/hours?by=volunteer&by=team",
    "/hours?limit=0",
    "/hours?limit=201",
    "/hours?limit=1e2",
    "/hours?limit=%00",
    "/hours?from=20261102",
    "/hours?from=2026-W45-1",
    "/hours?from=2026-02-30",
    "/hours?team=%C3%A9",
    "/hours?unknown=1",
    "/hours?purpose=%00",
    "/findings?rule=B6%0A",
    "/findings?severity=",
    "/findings?volunteer=%00",
    "/people/V1/records?day=tomorrow",
    "/coverage?day=2026-02-30",
    "/now/sites?state=",
    "/now/sites?sort=name",
    "/now/sites?q=%ED%A0%80%00",
    "/now/sites/S1?at=2026-11-02T08:00",
    "/now/sites/S1?at=0001-01-01T00:00Z",
    "/todo?site=S1",
    "/todo/months?month=2026-13",
    "/kiosks?trouble=all",
    "/enrolment-codes?limit=-1",
    "/messages?site=S1%27",
    "/duplicates?by=name",
    "/readings?by=%00",
    "/sweeps?account=1",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_address_is_refused(stranger: Program, address: str) -> None:
    answer = stranger.get(address)
    assert (answer.status_code, code_of(answer)) == (422, "bad_field")
    assert answer.get_json()["errors"]["query"]


def test_nothing_stands_in_the_address_of_a_post(stranger: Program) -> None:
    assert code_of(stranger.post(f"{PATH}?dry_run=true", GOOD, seen="*")) == "bad_field"


@pytest.mark.both_databases
def test_a_cursor_is_good_for_its_own_question_and_cannot_be_made(city: Program) -> None:
    cursor = city.get("/hours", limit=1).get_json()["next"]
    assert city.get("/hours", limit=3, cursor=cursor).status_code == 200
    raw = bytearray(urlsafe_b64decode(cursor + "=="))
    raw[-1] ^= 1
    altered = urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    for path, query in (
        ("/hours", {"cursor": altered}),
        ("/hours", {"cursor": cursor, "by": "team"}),
        ("/findings", {"cursor": cursor}),
        ("/hours", {"cursor": "é"}),
        ("/hours", {"cursor": "a"}),
        ("/hours", {"cursor": "a" * API_CURSOR_CHARS_MAX}),
        ("/hours", {"cursor": "a" * (API_CURSOR_CHARS_MAX + 1)}),
    ):
        answer = city.get(path, **query)
        assert (answer.status_code, code_of(answer)) == (422, "bad_field"), query


def test_a_cursor_of_the_city_opens_nothing_to_a_district(town: Desk, program: Programs) -> None:
    cursor = program(StaffRole.CITY).get("/records", volunteer="V91", limit=1).get_json()
    assert cursor["next"] is None
    seen = program(StaffRole.CITY).get("/hours", limit=3).get_json()["next"]
    lead = program(StaffRole.SITE_LEAD, Over.SITE, "S1")
    assert lead.get("/hours", cursor=seen).get_json()["items"] == []
