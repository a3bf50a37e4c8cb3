"""Listens for neighbours, apart from the screen, with bounds of its own: who knocks is counted before a byte is read.

One thread a connection, few of them, each with an end in time however slowly bytes drip; one request a connection. A body is
read only once its door says how large it may be, and goes to a file. What a web page could send is refused: it cannot leave out
`Origin`, nor send our content types without asking first.
"""

import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import IO, Any

import structlog

from kiosk.errors import Stopped
from kiosk.limits import NEIGHBOUR_CALL_S_MAX, NEIGHBOUR_IDLE_S
from kiosk.neighbours.gate import Gate
from kiosk.neighbours.porch import FILE_KIND, GIVE, JSON_KIND, PATH, Porch, Said
from kiosk.neighbours.setting import is_local
from schemas.vocabulary import Code
from sync.errors import Refused

TOKEN_HEADER = "X-Redvest-Talk"  # noqa: S105 - a name, not a token
_PROBLEM = "application/problem+json"
_PIECE_BYTES = 65_536
_STATUS: dict[str, int] = {
    Code.BAD_SIGNATURE: 403,
    Code.NOT_OUR_SERVER: 403,
    Code.NOT_ENROLLED: 403,
    Code.UNKNOWN_LOG: 403,
    Code.STALE_PROOF: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA: 415,
    Code.QUOTA: 429,
    Code.TRY_LATER: 503,
}
_log = structlog.get_logger("kiosk.neighbours")


class Listener(ThreadingMixIn, TCPServer):
    """Serves a porch. folder: where bodies are put while they come in."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, host: str, port: int, porch: Porch, folder: Path) -> None:
        """Listen. Raise `OSError`."""
        self.porch, self.folder, self.gate = porch, folder, Gate()
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        found: int = self.server_address[1]
        return found

    def start(self) -> None:
        """Serve in a thread, until `stop`."""
        threading.Thread(target=self.serve_forever, args=(0.1,), name="porch", daemon=True).start()

    def stop(self) -> None:
        """End it. What is being answered ends by itself."""
        self.shutdown()
        self.server_close()

    def verify_request(self, _request: Any, client_address: Any) -> bool:
        """Let in who is near, as long as there is room."""
        source = client_address[0]
        return is_local(source) and self.gate.enter(source, time.monotonic())

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, cut off at the end of its time."""
        watch = threading.Timer(NEIGHBOUR_CALL_S_MAX, _cut, (request,))
        watch.daemon = True
        watch.start()
        try:
            self.finish_request(request, client_address)
        except Exception:  # noqa: BLE001 - the edge of a thread
            self.handle_error()
        finally:
            watch.cancel()
            self.gate.leave(client_address[0])  # before the caller sees that it may come again
            self.shutdown_request(request)

    def handle_error(self, *_of_whom: Any) -> None:
        """Note what went wrong, without any value of it; who hung up is no news."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, OSError):
            _log.warning("neighbour_fault", kind=kind.__name__)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Listener
    timeout = NEIGHBOUR_IDLE_S
    server_version, sys_version = "redvest", ""

    def do_POST(self) -> None:
        """Answer at a door."""
        try:
            self._send(200, self._answered())
        except (Refused, Stopped) as error:
            self._problem(str(error.code))
        except OSError:
            self.close_connection = True
            if not _is_hung_up(self.connection):
                self._problem(str(Code.TRY_LATER))

    def do_GET(self) -> None:
        """There is nothing to be got."""
        self._problem(str(Code.METHOD_NOT_ALLOWED))

    do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_GET  # noqa: N815 - names of the library

    def send_error(self, *_of_what: Any) -> None:
        """Answer what is no request at all as everything else, not with the library's page."""
        self.close_connection = True
        self._problem(str(Code.MALFORMED))

    def _answered(self) -> Said:
        door, source = self.path.removeprefix(PATH), self.client_address[0]
        if not self.path.startswith(PATH) or self._is_of_a_page():
            raise Refused(Code.NOT_FOUND, "nothing for pages")
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        token = self.headers.get(TOKEN_HEADER, "")
        most = self.server.porch.size_max(door, source, token)
        if kind != (FILE_KIND if door == GIVE else JSON_KIND):
            raise Refused(Code.UNSUPPORTED_MEDIA, "content type")
        with tempfile.TemporaryFile(dir=self.server.folder) as body:
            self._read(body, most)
            return self.server.porch.answer(door, source, token, body)

    def _is_of_a_page(self) -> bool:
        """Tell whether a browser sent this: for a page of whatever site, or of one that took our address for its name."""
        marks = ("Origin", "Referer", "Cookie", "Sec-Fetch-Site", "Sec-Fetch-Mode")
        host = self.headers.get("Host", "").partition(":")[0]
        return any(mark in self.headers for mark in marks) or not is_local(host)

    def _read(self, body: IO[bytes], most: int) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            raise Refused(Code.MALFORMED, "length")
        left = int(length[:12])
        if left > most:
            raise Refused(Code.TOO_LARGE, f"over {most} bytes")
        while left:
            piece = self.rfile.read1(min(left, _PIECE_BYTES))
            if not piece:
                raise Refused(Code.TRUNCATED, "cut off")
            body.write(piece)
            left -= len(piece)
        body.seek(0)

    def _send(self, status: int, said: Said) -> None:
        body = said.body
        if isinstance(body, bytes):
            self._head(status, said.kind, len(body))
            self.wfile.write(body)
            return
        with body:
            self._head(status, said.kind, body.seek(0, 2))
            body.seek(0)
            shutil.copyfileobj(body, self.wfile)

    def _problem(self, code: str) -> None:
        status = _STATUS.get(code, 400)
        body = {"type": "about:blank", "title": code, "status": status, "code": code, "kept": False}
        self._send(status, Said(json.dumps({**body, "detail": ""}).encode(), _PROBLEM))

    def _head(self, status: int, kind: str, size: int) -> None:
        self.send_response_only(status)
        named = {"Content-Type": kind, "Content-Length": str(size), "Connection": "close"}
        never = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        for name, value in (named | never).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Write no line for each request."""


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _is_hung_up(connection: socket.socket) -> bool:
    try:
        connection.getpeername()
    except OSError:
        return True
    return False
