"""Calling somebody who is no neighbour, or a bad one: nothing of theirs is kept, nothing of ours is told, and the call ends."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from kiosk import carried
from kiosk.neighbours import porch, visit
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.porch import Porch, Said
from kiosk.neighbours.visit import Visited
from kiosk.transport import Limits
from tests.kiosk.neighbours.conftest import Neighbour

HASTY = Limits(connect_s=1, read_s=1, total_s=2, reply_bytes_max=100_000)
Bend = Callable[[str, Said], Said]


class Bent(Porch):
    """A neighbour that answers what it likes."""

    bend: Bend

    def answer(self, door: str, source: str, token: str, body: Any) -> Said:
        return self.bend(door, super().answer(door, source, token, body))


def call(here: Neighbour, there: Neighbour, bend: Bend) -> Visited:
    """Call a neighbour whose answers are bent."""
    made = Bent(there.porch.now_ms, there.kiosk.chance, there.me)
    made.bend = bend
    bent = Listener("127.0.0.1", 0, made, there.kiosk.home)
    bent.start()
    try:
        return called(here, f"127.0.0.1:{bent.port}")
    finally:
        bent.stop()


def called(here: Neighbour, address: str) -> Visited:
    """Call an address."""
    return visit.visit(here.me, address, nonce=b"n" * 16, staged=b"", limits=HASTY)


def changed(door: str, **fields: Any) -> Bend:
    """Change fields of the answer at one door."""

    def bend(at: str, said: Said) -> Said:
        if at != door or not isinstance(said.body, bytes):
            return said
        return Said(json.dumps({**json.loads(said.body), **fields}).encode())

    return bend


def part(**fields: Any) -> dict[str, Any]:
    """Something that a neighbour says it has."""
    plain = {"digest": "ab" * 32, "kind": "bundle", "log": "a" * 32, "size": 10, "server_ms": 0}
    return plain | fields


BENT: tuple[tuple[Bend, str], ...] = (
    (changed("hello", signature="00" * 64), "bad_signature"),
    (changed("hello", key="00" * 32), "bad_signature"),
    (changed("hello", place={"statement": "x", "signature": "00" * 64}), "bad_signature"),
    (changed("hello", nonce="00" * 16), "stale_proof"),
    (changed("hello", nonce=1), "not_an_answer"),
    (changed("open", parts=[part()] * 65), "not_an_answer"),
    (changed("open", parts=[part(size=2**60)]), "not_an_answer"),
    (changed("open", parts=[part(log="../../x")]), "not_an_answer"),
    (changed("open", known=["x"]), "not_an_answer"),
    (changed("open", parts=[part(digest=f"{n:064x}") for n in range(64)]), "not_found"),
    (lambda _door, _said: Said(b"[" * 60_000), "not_an_answer"),
    (lambda _door, _said: Said(b"x" * 200_000), "not_an_answer"),
    (lambda _door, _said: Said(b"<html>", "text/html"), "not_an_answer"),
)


def test_what_is_not_the_answer_of_a_neighbour_ends_the_call(a: Neighbour, b: Neighbour) -> None:
    for number, (bend, problem) in enumerate(BENT):
        assert call(a, b, bend).problem == problem, number
    assert carried.parts(a.kiosk.home) == []


def test_a_part_that_is_not_what_it_was_said_to_be_stops_no_other(
    a: Neighbour, b: Neighbour
) -> None:
    b.scans("V1")
    b.calls()
    taken: list[int] = []

    def bend(door: str, said: Said) -> Said:
        if door == "open" and isinstance(said.body, bytes):
            fields = json.loads(said.body)
            fields["parts"].insert(0, part(kind="bundle", digest="cd" * 32))
            return Said(json.dumps(fields).encode())
        if door == "take" and not taken:
            taken.append(1)
            return Said(io.BytesIO(b"redvest/1 bundle\nrubbish"), porch.FILE_KIND)
        return said

    done = call(a, b, bend)
    assert (done.taken, bool(done.problem)) == (0, True)
    assert call(a, b, lambda _door, said: said).taken == 1


@contextmanager
def something(status: int, kind: str, body: bytes) -> Iterator[str]:
    """Something else that listens: a printer's page, a redirect."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_something_else_at_that_address_is_no_neighbour(a: Neighbour) -> None:
    for status, kind, body in (
        (200, "text/html", b"<html>"), (302, "text/html", b""), (200, "application/json", b"{}"), (500, "text/plain", b"x"),
    ):  # fmt: skip
        with something(status, kind, body) as address:
            assert called(a, address).problem in ("not_an_answer", "try_later")
