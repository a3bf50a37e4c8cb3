"""HTTP to the server: bounded in time and size, redirects never followed, nothing trusted. Knows nothing of the protocol.

A reply is any reply; whether it is an answer of a Red Vest server is for `doors.py` to say.
"""

import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from socket import SHUT_RDWR
from typing import Any

import httpx2

from kiosk.errors import Stopped
from kiosk.limits import RETRY_AFTER_MS_MAX
from schemas.limits import REPLY_BYTES_MAX
from schemas.vocabulary import Code

_URL_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request. total_s: from start to the last byte, however slowly bytes drip."""

    connect_s: float = 3.0
    read_s: float = 15.0
    total_s: float = 120.0
    reply_bytes_max: int = REPLY_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. kind: the content type without parameters, lower case."""

    status: int
    kind: str
    body: bytes
    retry_after_ms: int


def check_url(url: str) -> str:
    """Give the address without a last slash. Raise `Stopped`: `insecure_url` for http beyond loopback, `wrong_usage`."""
    try:
        parts = httpx2.URL(url)
        sound = len(url) <= _URL_CHARS_MAX and parts.scheme in ("http", "https") and parts.host
    except (httpx2.InvalidURL, ValueError):
        sound = False
    if not sound or parts.query or parts.fragment or parts.userinfo:
        raise Stopped("wrong_usage", "--server: https://… (http:// for loopback)")
    if parts.scheme == "http" and not is_loopback(parts.host):
        raise Stopped(Code.INSECURE_URL)
    return str(parts).rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    return host in ("localhost", "127.0.0.1", "::1")


@cache
def _authorities(trusts_env: bool) -> ssl.SSLContext:
    """Read once a process whom this machine trusts to vouch for servers: it takes longer than a small request does."""
    return httpx2.create_ssl_context(trust_env=trusts_env)


class Transport:
    """Requests to one server over one kept connection."""

    def __init__(self, url: str, limits: Limits = Limits(), *, is_near: bool = False) -> None:
        """Prepare; nothing is sent yet. Proxies of the environment do not apply to loopback, nor to what `is_near`."""
        self._url = url
        self._limits = limits
        self._stream: Any = None
        trusts_env = not is_near and not is_loopback(httpx2.URL(url).host)
        self._client = httpx2.Client(
            verify=_authorities(trusts_env),
            follow_redirects=False,
            trust_env=trusts_env,
            timeout=httpx2.Timeout(limits.read_s, connect=limits.connect_s),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
        )

    def __enter__(self) -> "Transport":
        """Use as a context."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, path: str) -> Reply:
        """Get a path below the server's address. Raise `Stopped(unreachable | not_an_answer)`."""
        return self._ask("GET", path, b"", {})

    def post(
        self, path: str, body: bytes, kind: str, more: Mapping[str, str] | None = None
    ) -> Reply:
        """Post bytes of this content type, with more headers. Raise `Stopped(unreachable | not_an_answer)`."""
        return self._ask("POST", path, body, {"Content-Type": kind, **(more or {})})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        deadline = time.monotonic() + self._limits.total_s
        watch = threading.Timer(self._limits.total_s, self._cut)
        watch.daemon = True
        watch.start()
        try:
            with self._client.stream(
                method,
                self._url + path,
                content=body,
                headers=dict(headers),
                extensions={"trace": self._trace},
            ) as response:
                return self._read(response, deadline)
        except httpx2.DecodingError as error:
            raise Stopped(Code.NOT_AN_ANSWER, "encoding", later=True) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Stopped(Code.UNREACHABLE, type(error).__name__, later=True) from error
        finally:
            watch.cancel()

    def _read(self, response: httpx2.Response, deadline: float) -> Reply:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._limits.reply_bytes_max:
                raise Stopped(Code.NOT_AN_ANSWER, "reply too large", later=True)
            if time.monotonic() > deadline:
                raise Stopped(Code.UNREACHABLE, "too slow", later=True)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Reply(response.status_code, kind, bytes(body), _retry_after_ms(response.headers))

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the open connection, so that it can be cut."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]

    def _cut(self) -> None:
        """End a request whose time is over, also while it waits for a byte."""
        with suppress(AttributeError, OSError):
            self._stream.get_extra_info("socket").shutdown(SHUT_RDWR)


def _retry_after_ms(headers: Mapping[str, str]) -> int:
    """Read Retry-After in seconds; a date would need a clock that is right, so it counts as not said."""
    text = headers.get("retry-after", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return 0
    return min(int(text) * 1000, RETRY_AFTER_MS_MAX)
