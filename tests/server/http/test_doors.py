"""The doors under hostile hands: whatever is sent, the answer is a problem with a stable code, never a page, never a 500."""

import io
import json
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize
from psycopg.errors import DiskFull
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Response

from schemas.limits import BATCH_WIRE_BYTES_MAX, ENVELOPE_BYTES_MAX
from schemas.vocabulary import Code
from server import create_app
from server.database import open_database
from server.database_errors import Failing, failing
from server.fleet.kiosks import read_health
from server.http.errors import STATUS
from server.intake.enrol import make_code
from server.models.fleet import KioskHealth
from server.models.log import LogEntry, SetAside
from server.services import Services, open_services
from sync import statement
from tests.postgresql.homes import PostgresqlHomes
from tests.server.builders import (
    BATCH_TYPE,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    problem_code,
    pull_wish,
    push,
    written,
)

DOORS = ("hello", "enrol", "pull")
MEMORY_BYTES_MAX = 12_000_000


@pytest.fixture
def author(services: Services) -> Author:
    """A kiosk at the eastern post."""
    made = make_author("doors")
    made.boot(1)
    enrol_at(services, made, "S1")
    return made


@pytest.fixture
def sound(services: Services, client: FlaskClient, author: Author) -> dict[str, dict[str, str]]:
    """An envelope for each door that is answered with 200."""
    code = make_code(services.database, services.signer, "S1")
    seal_key = services.signer.keys.seal_public
    return {
        "hello": author.hello(),
        "enrol": make_author("new").wish(code, seal_key),
        "pull": pull_wish(client, author),
    }


def is_refused(answer: TestResponse) -> str:
    """Check that it is a problem of the sender's making, and give its code."""
    code = problem_code(answer)
    assert 400 <= answer.status_code < 500, code
    assert code in set(Code)
    return code


HOSTILE: list[object] = [
    "",
    "\ud800",
    "a\udfffb",
    "\x00",
    "a" * 2_001,
    "字" * 2_001,
    "‮\u200b\ufeff",
    "redvest/1 hello",
    "redvest/1 hello\nlog \nseq \nhash \nnonce ",
    "'; DROP TABLE log; --",
    None,
    True,
    0,
    -1,
    1e400,
    2**64,
    [],
    ["a"],
    {},
    {"a": {}},
]


@pytest.mark.both_databases
@pytest.mark.parametrize("door", DOORS)
def test_sound_envelopes_are_answered(
    client: FlaskClient, sound: dict[str, dict[str, str]], door: str
) -> None:
    assert post(client, door, sound[door]).status_code == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("door", DOORS)
def test_hostile_values_in_any_field_are_refused(
    client: FlaskClient, sound: dict[str, dict[str, str]], door: str
) -> None:
    fine = {"version"}  # any text of its length will do, and a lone surrogate is none
    for name in sound[door]:
        for value in HOSTILE:
            answer = post(client, door, sound[door] | {name: value})
            short_text = isinstance(value, str) and len(value) <= 40 and value.isprintable()
            if name in fine and (answer.status_code == 200 or short_text):
                assert isinstance(value, str)
                assert answer.status_code == 200
                continue
            assert is_refused(answer) in {"malformed", "bad_signature"}


@pytest.mark.both_databases
def test_a_version_that_no_database_can_hold_is_refused(
    client: FlaskClient, author: Author
) -> None:
    for version in ("\ud800", "1.\udc00", "\x00", "0.1\x00"):
        assert is_refused(post(client, "hello", author.hello(version=version))) == "malformed"
    assert post(client, "hello", author.hello(version="红马甲 0.2 🦺")).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_fields_missing_or_beyond_those_named_are_refused(
    client: FlaskClient, sound: dict[str, dict[str, str]], door: str
) -> None:
    for name in sound[door]:
        rest = {key: value for key, value in sound[door].items() if key != name}
        assert is_refused(post(client, door, rest)) == "malformed"
    for name in ("extra", "", "\ud800", "__proto__", "id"):
        assert is_refused(post(client, door, sound[door] | {name: "x"})) == "malformed"


NOT_JSON = [
    b"",
    b"\xff\xfe\x00",
    b"\xed\xa0\x80",
    b"null",
    b"[]",
    b"0",
    b'"text"',
    b"NaN",
    b'{"key": NaN}',
    b'{"key": Infinity}',
    b"{" * 5_000,
    b"[" * 16_000,
    b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b"9" * 5_000,
    b'{"key": "\x00"}',
    b'{"key": 1}\x00',
    b"{'key': 1}",
    b"<html></html>",
    "{}".encode("utf-16"),
    b"\xef\xbb\xbf{}",
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("raw", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_no_json_of_the_shape_is_malformed(
    client: FlaskClient, door: str, raw: bytes
) -> None:
    assert is_refused(post(client, door, raw)) == "malformed"


@pytest.mark.parametrize("door", DOORS)
def test_a_key_twice_is_malformed(
    client: FlaskClient, sound: dict[str, dict[str, str]], door: str
) -> None:
    text = json.dumps(sound[door])
    for name, value in sound[door].items():
        twice = text[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}"
        assert is_refused(post(client, door, twice.encode())) == "malformed"


FIGURES = ["", "-1", "1e3", "1_0", " 1", "+1", "01", "1.0", "٣", "¹", "9" * 16, "9" * 1_200, "x"]


@pytest.mark.both_databases
def test_numbers_in_a_signed_hello_are_plain_digits(client: FlaskClient, author: Author) -> None:
    for seq in FIGURES:
        answer = post(client, "hello", author.hello(seq=seq))
        assert is_refused(answer) == "malformed", seq


def test_a_nonce_in_a_signed_hello_is_sixteen_bytes_in_hex(
    client: FlaskClient, author: Author
) -> None:
    for nonce in ("", "00" * 15, "00" * 17, "0" * 31, "zz" * 16, "00 " * 16, "AA" * 16, "٣" * 32):
        answer = post(client, "hello", author.hello(nonce=nonce))
        assert is_refused(answer) == "malformed", nonce


def test_numbers_in_a_signed_wish_for_the_view_are_plain_digits(
    client: FlaskClient, author: Author
) -> None:
    good = statement.read(pull_wish(client, author)["statement"], "pull")
    for name in ("server_ms", "proof", "nonce"):
        for value in FIGURES:
            text = statement.write("pull", **(good | {name: value}))
            code = is_refused(post(client, "pull", author.signed(text)))
            assert code in {"malformed", "stale_proof"}, (name, value)


def test_codes_in_a_signed_wish_to_enrol_are_hex(
    services: Services, client: FlaskClient, author: Author
) -> None:
    code = make_code(services.database, services.signer, "S1")
    wish = author.wish(code, services.signer.keys.seal_public)
    for value in ("", "zz", "0", "00" * 900, "AA" * 5, "٣٣"):
        text = statement.write("enrol", log=author.log, code=value, post="", nonce=bytes(16))
        answer = post(client, "enrol", author.signed(text) | {"secret": wish["secret"]})
        assert is_refused(answer) in {"bad_code", "too_many_attempts"}


def test_a_statement_of_another_name_or_log_is_refused(
    client: FlaskClient, author: Author, sound: dict[str, dict[str, str]]
) -> None:
    other = make_author("somebody else")
    for door, envelope in sound.items():
        for name in set(DOORS) - {door}:
            moved = envelope | {k: sound[name][k] for k in ("key", "statement", "signature")}
            assert is_refused(post(client, door, moved)) == "malformed"
        signed = other.signed(envelope["statement"])
        assert is_refused(post(client, door, envelope | signed)) == "unknown_log"


@pytest.mark.both_databases
def test_chance_changes_of_an_envelope_never_make_a_500(
    client: FlaskClient, sound: dict[str, dict[str, str]]
) -> None:
    chance = Random(20261122)
    for _ in range(600):
        door = chance.choice(DOORS)
        raw = bytearray(json.dumps(sound[door]).encode())
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        answer = post(client, door, bytes(raw))
        assert answer.status_code < 500
        if answer.status_code != 200:
            is_refused(answer)


@pytest.mark.both_databases
def test_chance_changes_of_a_batch_are_set_aside_or_refused(
    services: Services, client: FlaskClient
) -> None:
    chance = Random(7)
    wire = written("chance", 20).batch()
    for _ in range(300):
        raw = bytearray(wire)
        for _ in range(chance.randrange(1, 3)):
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        answer = push(client, bytes(raw))
        assert answer.status_code in (200, 422)  # 200: the change was in gzip's own header
        if answer.status_code == 422:
            is_refused(answer)


@pytest.mark.parametrize("door", DOORS)
def test_an_envelope_over_its_bound_is_too_large(client: FlaskClient, door: str) -> None:
    answer = post(client, door, b" " * (ENVELOPE_BYTES_MAX + 1))
    assert (answer.status_code, problem_code(answer)) == (413, "too_large")


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    taken = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give more."""
        self.taken += len(buffer)
        return len(buffer)


def send(client: FlaskClient, door: str, kind: str, body: io.RawIOBase, **environ: object) -> Any:
    """Send a body whose length nobody can know, as a server of HTTP hands it over."""
    builder = EnvironBuilder(f"/sync/v1/{door}", method="POST", content_type=kind)
    environ = builder.get_environ() | {"wsgi.input": io.BufferedReader(body, 4_096)} | environ
    return Response.from_app(client.application.wsgi_app, environ)


def peak_of(work: Callable[[], object]) -> int:
    """The most memory that Python held while this was done, beyond what it held before."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    work()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize(
    ("door", "kind", "bound"),
    [
        ("push", BATCH_TYPE, BATCH_WIRE_BYTES_MAX),
        ("hello", "application/json", ENVELOPE_BYTES_MAX),
    ],
)
def test_a_body_without_end_is_cut_at_its_bound(
    client: FlaskClient, door: str, kind: str, bound: int
) -> None:
    body, answers = Endless(), []
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    peak = peak_of(lambda: answers.append(send(client, door, kind, body, **chunked)))
    assert (answers[0].status_code, problem_code(answers[0])) == (413, "too_large")
    assert body.taken <= 3 * bound + 100_000
    assert peak < MEMORY_BYTES_MAX


def test_a_body_that_is_announced_too_large_is_not_read(client: FlaskClient) -> None:
    body = Endless()
    answer = send(client, "push", BATCH_TYPE, body, CONTENT_LENGTH=str(2**40))
    assert (answer.status_code, problem_code(answer)) == (413, "too_large")
    assert body.taken <= BATCH_WIRE_BYTES_MAX


def test_a_gzip_bomb_stays_small_in_memory(services: Services, client: FlaskClient) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    million = bytes(1_000_000)
    bomb = b"".join(packer.compress(million) for _ in range(200)) + packer.flush()
    assert 1_000 * len(bomb) < 200_000_000
    answers: list[TestResponse] = []
    peak = peak_of(lambda: answers.append(push(client, bomb)))
    assert (answers[0].status_code, problem_code(answers[0])) == (422, "too_large")
    assert peak < MEMORY_BYTES_MAX


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_a_batch_of_another_content_type_is_not_looked_at(client: FlaskClient, kind: str) -> None:
    answer = client.post("/sync/v1/push", data=written("x").batch(), content_type=kind)
    assert (answer.status_code, problem_code(answer)) == (415, "unsupported_media")


@pytest.mark.parametrize("door", [*DOORS, "push"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_a_door_for_posting_takes_nothing_else(client: FlaskClient, door: str, method: str) -> None:
    answer = client.open(f"/sync/v1/{door}", method=method)
    assert (answer.status_code, problem_code(answer)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/index",
        "/sync",
        "/sync/v1/",
        "/sync/v1/keys/",
        "/sync/v2/keys",
        "/sync/v1/%2e%2e",
        "/%00",
        "/é",
    ],
)
def test_an_address_that_is_none_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, problem_code(answer)) == (404, "not_found")


def test_the_bare_address_leads_staff_to_the_console(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/console/")


@pytest.mark.parametrize("path", ["//sync/v1/keys", "/sync//v1/keys", "//example.org/sync/v1"])
def test_a_doubled_slash_is_no_page_that_leads_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, problem_code(answer)) == (404, "not_found")


@pytest.mark.both_databases
def test_keys_and_health_answer_anyone(client: FlaskClient, services: Services) -> None:
    keys = client.get("/sync/v1/keys").get_json()
    assert keys["key"] == services.signer.keys.identity_public.hex()
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_a_database_that_is_gone_is_said_without_details(
    services: Services, client: FlaskClient
) -> None:
    author = written("V-secret")
    services.database.close()
    for file in services.config.home.glob("redvest.db*"):
        file.unlink()
    answers = [
        post(client, "hello", author.hello(version="canary-13900000001")),
        push(client, author.batch()),
        push(client, b"no batch"),
    ]
    for answer in answers:
        assert (answer.status_code, problem_code(answer)) == (500, "internal")
        assert "sql" not in answer.get_data(as_text=True).lower()
        assert "log_" not in answer.get_data(as_text=True)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_full_disk_is_try_again_later_and_nothing_is_half_kept(
    services: Services, client: FlaskClient
) -> None:
    author, count = written("full", 900), select(func.count()).select_from(LogEntry)
    with services.database.write_facts() as connection:
        before = connection.scalar(count)
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    answer = push(client, author.batch())
    assert (answer.status_code, problem_code(answer)) == (503, "try_later")
    assert answer.get_json(force=True)["kept"] is False
    with services.database.write_facts() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert connection.scalar(count) == before
    assert push(client, author.batch()).status_code == 200


def test_postgresql_says_by_its_code_that_a_disk_is_full() -> None:
    assert failing(DBAPIError("", {}, DiskFull())) is Failing.FULL


def test_a_database_that_went_away_is_try_again_later(
    postgresql_homes: PostgresqlHomes, template: Path, tmp_path: Path
) -> None:
    services = open_services(
        postgresql_homes.copy(template, tmp_path / "home"), ServerClock().clock()
    )
    client, author = create_app(services).test_client(), written("away")
    assert push(client, author.batch(1, 2)).status_code == 200
    away = services.config.database_url.replace("/socket", "/nowhere")
    services.database.close()
    gone = replace(services, database=open_database(services.config.home, away))
    client = create_app(gone).test_client()
    for answer in (push(client, author.batch()), post(client, "hello", author.hello())):
        assert (answer.status_code, problem_code(answer)) == (503, "try_later")
        assert answer.get_json(force=True)["kept"] is False
        assert b"nowhere" not in answer.get_data()
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)


def test_a_failure_is_logged_without_the_values_at_hand(
    capsys: pytest.CaptureFixture[str], services: Services, client: FlaskClient
) -> None:
    author = written("canary")
    services.database.close()
    for file in services.config.home.glob("redvest.db*"):
        file.unlink()
    assert post(client, "hello", author.hello(version="13900000001")).status_code == 500
    out, err = capsys.readouterr()
    assert out == ""
    line = json.loads(err)
    assert (line["level"], line["event"]) == ("error", "request_failed")
    for secret in ("13900000001", author.log, author.public.hex(), "INSERT", "SELECT"):
        assert secret not in err


def test_a_fault_of_our_own_is_an_internal_error(
    client: FlaskClient, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError("13900000001")

    monkeypatch.setattr("server.intake.hello.greet", fail)
    answer = post(client, "hello", author.hello())
    assert (answer.status_code, problem_code(answer)) == (500, "internal")
    assert b"1390000" not in answer.get_data()


def test_each_code_with_a_status_of_its_own_is_one_of_the_vocabulary() -> None:
    """Which tests answer with them: `test_enrol`, `test_ingest`, this file, console and API; this list notices a new one."""
    assert {str(code) for code in STATUS} == {
        "too_large", "unsupported_media", "not_found", "method_not_allowed", "unknown_log",
        "bad_signature", "not_enrolled", "stale_proof", "bad_code", "code_used", "code_expired",
        "too_many_attempts", "quota", "try_later", "internal", "log_revoked", "changed_since",
        "no_right", "number_needed", "role_too_low", "own_hours", "own_entry", "too_many_runs",
    }  # fmt: skip


def test_a_hello_with_a_wrong_signature_is_refused(client: FlaskClient, author: Author) -> None:
    answer = post(client, "hello", author.hello() | {"signature": "00" * 64})
    assert (answer.status_code, problem_code(answer)) == (403, "bad_signature")


@pytest.mark.both_databases
def test_a_batch_that_broke_off_is_not_kept_as_if_it_were_whole(
    services: Services, client: FlaskClient
) -> None:
    wire = written("weak link", 20).batch()
    length = {"CONTENT_LENGTH": str(len(wire)), "wsgi.input_terminated": True}
    answer = send(client, "push", BATCH_TYPE, io.BytesIO(wire[:-1]), **length)  # type: ignore[arg-type]
    assert (answer.status_code, problem_code(answer)) == (400, "malformed")
    with services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(SetAside)) == 0


class _NoChunks(io.RawIOBase):
    """A body that says it comes in chunks, and does not."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise InvalidChunkSize(b"ZZZ")


@pytest.mark.parametrize("door", ["hello", "push"])
def test_a_body_whose_chunks_are_none_is_its_senders_fault(client: FlaskClient, door: str) -> None:
    kind = BATCH_TYPE if door == "push" else "application/json"
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answer = send(client, door, kind, _NoChunks(), **chunked)  # type: ignore[arg-type]
    assert (answer.status_code, problem_code(answer)) == (400, "malformed")


@pytest.mark.parametrize(("spare", "status"), [(0, 422), (1, 413)])
def test_a_batch_of_just_the_bound_is_looked_at(
    client: FlaskClient, spare: int, status: int
) -> None:
    raw = bytes(BATCH_WIRE_BYTES_MAX + spare)
    answers = [push(client, raw)]
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answers.append(send(client, "push", BATCH_TYPE, io.BytesIO(raw), **chunked))  # type: ignore[arg-type]
    assert [answer.status_code for answer in answers] == [status] * 2


def test_what_a_kiosk_says_of_itself_is_kept_as_it_came_and_stays_until_it_says_more(
    client: FlaskClient, services: Services
) -> None:
    author = written("a")
    health = {"pending": 3, "a_word_of_later_software": -7}
    assert post(client, "hello", author.hello() | {"health": health}).status_code == 200
    assert post(client, "hello", author.hello()).status_code == 200, "older kiosks say nothing"
    with services.database.read() as connection:
        [row] = connection.execute(select(KioskHealth))
    assert read_health(row.words) == health
    refused = post(client, "hello", author.hello() | {"health": {"pending": "3"}})
    assert problem_code(refused) == "malformed"
