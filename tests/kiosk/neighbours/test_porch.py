"""The listener: strangers, web pages and floods get nothing, leave nothing, and are sent away before they cost anything."""

import http.client
import io
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import carried
from kiosk.limits import (
    NEIGHBOUR_CONNECTIONS_MAX,
    NEIGHBOUR_CONNECTIONS_OF_ONE,
    NEIGHBOUR_REQUESTS_MAX,
    NEIGHBOUR_SOURCES_MAX,
    NEIGHBOUR_TALK_MS_MAX,
    NEIGHBOUR_TALKS_MAX,
)
from kiosk.neighbours import listener as listening
from kiosk.neighbours import words
from kiosk.neighbours.gate import Gate
from kiosk.neighbours.me import Me
from kiosk.neighbours.parts import RETURNED
from schemas.limits import BUNDLE_POST_BYTES_MAX, NEIGHBOUR_ENVELOPE_BYTES_MAX
from sync import statement
from sync.neighbour import greet
from tests.kiosk.carriers import BundleServer
from tests.kiosk.fakes import FakeClock
from tests.kiosk.neighbours.conftest import Neighbour

NONCE = bytes(range(16))
JSON, FILE = "application/json", "application/vnd.redvest.bundle"


class Told(NamedTuple):
    """What a listener answered."""

    status: int
    body: bytes

    @property
    def fields(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.fields["code"])


def ask(
    there: Neighbour,
    door: str,
    body: object = b"",
    *,
    method: str = "POST",
    token: str = "",
    source: str = "127.0.0.1",
    **headers: str,
) -> Told:
    """Ask at a door, as anybody could."""
    port = there.listener.port
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = FILE if door == "give" else JSON
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    more = {"X-Redvest-Talk": token} if token else {}
    try:
        path = door if door.startswith("/") else f"/neighbour/v1/{door}"
        caller.request(method, path, data, {"Content-Type": kind, **more, **named})
        reply = caller.getresponse()
        reply.length = None  # read until it hangs up, by which there is room for the next call
        return Told(reply.status, reply.read())
    finally:
        caller.close()


def hello(there: Neighbour, source: str = "127.0.0.1") -> str:
    """Begin a talk; give its token."""
    return str(ask(there, "hello", {"nonce": NONCE.hex()}, source=source).fields["nonce"])


def opening(me: Me, token: str, *, places: list[Any] | None = None, key: Any = None) -> Any:
    """Say who calls."""
    own = key or me.key
    text, signature = greet(own, centre=me.centre, nonce=bytes.fromhex(token))
    return {
        "key": own.public_key().public_bytes_raw().hex(),
        "statement": text,
        "signature": signature.hex(),
        "places": [words.signed(me.word)] if places is None else places,
    }


def talk(there: Neighbour, me: Me, source: str = "127.0.0.1") -> str:
    """Open a talk as this kiosk; give its token."""
    token = hello(there, source)
    told = ask(there, "open", opening(me, token), token=token, source=source)
    assert told.status == 200, told
    return token


def give(there: Neighbour, me: Me, file: bytes) -> Told:
    """Bring a part in a talk of its own."""
    return ask(there, "give", file, token=talk(there, me))


def bundle_of(one: Neighbour) -> bytes:
    """What a kiosk has ready."""
    one.calls()
    return (one.kiosk.home / "staged" / "own.bundle").read_bytes()


@pytest.fixture
def there(a: Neighbour) -> Neighbour:
    """The kiosk that is called."""
    return a


@pytest.fixture(autouse=True)
def nothing_lies_about(tmp_path: Path) -> Iterator[None]:
    """Bodies that came in leave no file behind, whatever became of them."""
    yield
    assert list(tmp_path.glob("*/tmp*")) == []


def test_a_neighbour_of_the_same_centre_is_told_what_lies_here(
    there: Neighbour, b: Neighbour
) -> None:
    there.scans("NOBODY-MAY-READ")
    bundle_of(there)
    token = hello(there)
    told = ask(there, "open", opening(b.me, token), token=token).fields
    assert [part["kind"] for part in told["parts"]] == ["reply", "bundle"]
    taken = ask(there, "take", {"digest": told["parts"][1]["digest"]}, token=token)
    assert taken.body == (there.kiosk.home / "staged" / "own.bundle").read_bytes()
    for said in (json.dumps(told).encode(), taken.body):
        assert b"NOBODY-MAY-READ" not in said


def test_nothing_can_be_got_or_changed_otherwise(there: Neighbour) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert ask(there, "hello", method=method).status == 405


PAGES = (
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Referer": "http://127.0.0.1/"}, {"Cookie": "a=b"},
    {"Sec_Fetch_Site": "none"}, {"Sec_Fetch_Mode": "navigate"}, {"Host": "evil.example"}, {"Host": "evil.example:8711"},
    {"Host": "localhost"}, {"Host": "8.8.8.8"},
)  # fmt: skip


def test_what_a_web_page_sends_is_not_answered(there: Neighbour) -> None:
    for headers in PAGES:
        told = ask(there, "hello", {"nonce": NONCE.hex()}, **headers)
        assert (told.status, told.code) == (404, "not_found"), headers


def test_there_are_four_doors_and_no_page(there: Neighbour) -> None:
    for path in (
        "/",
        "/api/state",
        "/neighbour/v1/",
        "/neighbour/v1/../x",
        "/neighbour/v1/hello/x",
    ):
        assert ask(there, path, {"nonce": NONCE.hex()}).status == 404, path


def test_content_types_that_forms_can_send_are_refused(there: Neighbour) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert ask(there, "hello", {"nonce": NONCE.hex()}, Content_Type=kind).status == 415, kind


MALFORMED = (
    b"", b"{", b"[]", b"[" * 60_000, b'{"nonce": 1}', b'{"nonce": "00"}',
    b'{"nonce": "' + b"0" * 32 + b'", "x": 1}', b"\xff" * 99,
)  # fmt: skip


def test_a_malformed_request_is_refused(there: Neighbour) -> None:
    for body in MALFORMED:
        told = ask(there, "hello", body)
        assert (told.status, told.code) == (400, "malformed"), body[:40]


def test_what_is_no_request_gets_no_page(there: Neighbour) -> None:
    many = b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n"
    for said in (
        b"\x16\x03\x01\x00\xa5\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"<script>\r\n\r\n",
        many,
    ):
        with socket.create_connection(("127.0.0.1", there.listener.port), 10) as caller:
            caller.sendall(said)
            told = to_the_end(caller)
        assert b"<" not in told
        assert b'"malformed"' in told or told == b"", said


def to_the_end(caller: socket.socket) -> bytes:
    """Read until the other side hangs up."""
    with caller.makefile("rb") as answer:
        return answer.read()


def test_without_a_talk_no_byte_of_a_body_is_read(there: Neighbour) -> None:
    begun = hello(there)
    every = [
        (door, token) for door in ("open", "give", "take") for token in ("", "zz", NONCE.hex())
    ]
    for door, token in [*every, ("give", begun), ("take", begun)]:
        kind = FILE if door == "give" else JSON
        with socket.create_connection(("127.0.0.1", there.listener.port), 10) as caller:
            head = (
                f"POST /neighbour/v1/{door} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
            )
            caller.sendall(
                f"{head}X-Redvest-Talk: {token}\r\nContent-Length: 9999999\r\n\r\n".encode()
            )
            # To the end, by which there is room for the next call; it did not wait for the body.
            assert to_the_end(caller).startswith(b"HTTP/1.0 403 ")


def test_a_body_over_its_bound_is_refused_by_its_length(there: Neighbour, b: Neighbour) -> None:
    token = talk(there, b.me)
    for door, most in (("hello", NEIGHBOUR_ENVELOPE_BYTES_MAX), ("give", BUNDLE_POST_BYTES_MAX)):
        told = ask(there, door, b"", token=token, Content_Length=str(most + 1))
        assert (told.status, told.code) == (413, "too_large")
    for length in ("-1", "x", "²", "1e3"):
        assert ask(there, "hello", b"", Content_Length=length).status == 400


def test_who_shows_no_word_of_the_centre_is_told_nothing(there: Neighbour, b: Neighbour) -> None:
    stranger = Ed25519PrivateKey.generate()
    forged = statement.write("place", epoch="1", log=b.log, site="S1", post="", server_ms=1)
    lies = {"statement": forged, "signature": statement.sign(stranger, forged).hex()}
    token = hello(there)
    for body, code in (
        (opening(b.me, token, key=stranger), "not_enrolled"),
        (opening(b.me, token, places=[]), "not_enrolled"),
        (opening(b.me, token, places=[lies]), "bad_signature"),
        (opening(b.me, NONCE.hex()), "stale_proof"),
        (opening(b.me, token) | {"signature": "00" * 64}, "bad_signature"),
        (opening(there.me, token), "unknown_log"),
    ):
        told = ask(there, "open", body, token=token)
        assert (told.status, told.code) == (403, code)
    assert ask(there, "take", {"digest": "00" * 32}, token=token).code == "stale_proof"


def test_a_kiosk_of_another_centre_is_a_stranger(
    there: Neighbour, clock: FakeClock, b: Neighbour
) -> None:
    other = BundleServer(clock)
    me = b.me
    text = statement.write("place", epoch="1", log=b.log, site="S1", post="", server_ms=1)
    said = other.sign_text(text)
    token = hello(there)
    elsewhere = opening(me, token, places=[said])
    assert ask(there, "open", elsewhere, token=token).code == "bad_signature"
    greeting = greet(me.key, centre=bytes(10), nonce=bytes.fromhex(token))
    body = opening(me, token) | {"statement": greeting[0], "signature": greeting[1].hex()}
    assert ask(there, "open", body, token=token).code == "not_our_server"


def test_a_talk_is_for_one_address_and_for_minutes(
    there: Neighbour, b: Neighbour, clock: FakeClock
) -> None:
    token = talk(there, b.me)
    ask_for = {"digest": "00" * 32}
    assert ask(there, "take", ask_for, token=token).code == "not_found"
    assert ask(there, "take", ask_for, token=token, source="127.0.0.2").code == "stale_proof"
    clock.advance(NEIGHBOUR_TALK_MS_MAX + 1)
    assert ask(there, "take", ask_for, token=token).code == "stale_proof"


def test_a_flood_of_hellos_ends_nobody_elses_talk(there: Neighbour, b: Neighbour) -> None:
    token = talk(there, b.me)
    told = [
        ask(there, "hello", {"nonce": NONCE.hex()}, source=f"127.0.1.{1 + number // 4}").status
        for number in range(NEIGHBOUR_TALKS_MAX + 4)
    ]
    assert told.count(503) == 5
    assert ask(there, "take", {"digest": "00" * 32}, token=token).code == "not_found"


def test_what_is_not_one_whole_part_for_our_centre_is_not_kept(
    there: Neighbour, b: Neighbour
) -> None:
    b.scans("V1")
    whole = bundle_of(b)
    for file, code in (
        (b"", "not_a_bundle"), (b"redvest/1 bu", "truncated"), (whole[:-1], "truncated"), (whole + b"x", "altered"),
        (whole[:200] + bytes([whole[200] ^ 1]) + whole[201:], "altered"), (b"PK\x03\x04" * 99, "not_a_bundle"),
    ):  # fmt: skip
        told = give(there, b.me, file)
        assert (told.status, told.code) == (400, code)
    assert carried.parts(there.kiosk.home) == []
    assert give(there, b.me, whole).fields == {"kept": True}
    assert give(there, b.me, whole).fields == {"kept": False}


def test_who_hangs_up_in_the_middle_leaves_nothing(there: Neighbour, b: Neighbour) -> None:
    b.scans("V1")
    whole = bundle_of(b)
    token = talk(there, b.me)
    with socket.create_connection(("127.0.0.1", there.listener.port), 10) as caller:
        head = f"POST /neighbour/v1/give HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FILE}\r\n"
        caller.sendall(
            f"{head}X-Redvest-Talk: {token}\r\nContent-Length: {len(whole)}\r\n\r\n".encode()
        )
        caller.sendall(whole[: len(whole) // 2])
    assert carried.parts(there.kiosk.home) == []
    assert give(there, b.me, whole).fields == {"kept": True}


def test_who_drips_is_cut_off(there: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "NEIGHBOUR_CALL_S_MAX", 0.3)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", there.listener.port), 10) as caller:
        caller.sendall(b"POST /neighbour/v1/hello HTTP/1.1\r\n")
        assert caller.recv(1) == b""  # closed from there
    assert time.monotonic() - began < 5
    assert ask(there, "hello", {"nonce": NONCE.hex()}).status == 200


def test_few_connections_are_answered_at_once_and_few_of_one_address() -> None:
    gate = Gate()
    assert [gate.enter("10.0.0.1", 0) for _ in range(NEIGHBOUR_CONNECTIONS_OF_ONE + 1)] == [
        True
    ] * NEIGHBOUR_CONNECTIONS_OF_ONE + [False]
    others = [gate.enter(f"10.0.1.{n}", 0) for n in range(NEIGHBOUR_CONNECTIONS_MAX)]
    assert others.count(True) == NEIGHBOUR_CONNECTIONS_MAX - NEIGHBOUR_CONNECTIONS_OF_ONE
    gate.leave("10.0.0.1")
    assert gate.enter("10.0.2.1", 0)


def test_one_address_has_so_many_requests_a_minute() -> None:
    gate = Gate()
    asked = []
    for _ in range(NEIGHBOUR_REQUESTS_MAX + 5):
        asked.append(gate.enter("10.0.0.1", 1.0))
        if asked[-1]:
            gate.leave("10.0.0.1")
    assert asked.count(True) == NEIGHBOUR_REQUESTS_MAX
    assert gate.enter("10.0.0.2", 1.0)
    assert gate.enter("10.0.0.1", 61.0)


def test_a_flood_from_many_addresses_is_counted_within_bounds() -> None:
    gate = Gate()
    for number in range(2 * NEIGHBOUR_SOURCES_MAX):
        if gate.enter(f"10.0.{number // 250}.{number % 250}", 1.0):
            gate.leave(f"10.0.{number // 250}.{number % 250}")
    assert len(gate._asked) == NEIGHBOUR_SOURCES_MAX


def test_only_who_is_near_is_let_in(there: Neighbour) -> None:
    sources = ("192.168.1.9", "10.1.2.3", "169.254.3.3", "8.8.8.8", "224.0.0.1", "0.0.0.0")  # noqa: S104 - none is bound to
    let_in = [source for source in sources if there.listener.verify_request(None, (source, 1))]
    assert let_in == ["192.168.1.9", "10.1.2.3", "169.254.3.3"]


def test_a_kiosk_that_does_not_know_where_it_belongs_lets_nobody_in(there: Neighbour) -> None:
    there.porch.me = None
    told = ask(there, "hello", {"nonce": NONCE.hex()})
    assert (told.status, told.code) == (503, "try_later")


def test_replies_for_this_kiosk_wait_to_be_read_and_are_few(
    there: Neighbour, b: Neighbour, server: BundleServer
) -> None:
    there.scans("V1")
    reply = server.take(bundle_of(there))
    assert give(there, b.me, reply).fields == {"kept": True}
    assert give(there, b.me, reply).fields == {"kept": False}
    assert len(list((there.kiosk.home / RETURNED).glob("*.reply"))) == 1
    assert io.BytesIO(reply).read(8) == b"redvest/"
