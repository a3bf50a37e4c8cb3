"""Logs as kiosks write them, from seeds, and the messages that carry them to the doors. True time goes in, clocks come out."""

import json
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schemas.entry import Anchor, Boot, Entry, Frontier, Scan
from server import create_app
from server.clock import Clock
from server.services import Services
from sync import batch, enrolment, seal, statement
from sync.canonical import encode
from sync.chain import links
from sync.ids import EntryHash, LogId, genesis, log_id

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
START_MS = 1_793_548_800_000
"""Midnight in Asia/Shanghai, 2026-11-02: a Monday."""

BATCH_TYPE = "application/vnd.redvest.batch"
_making = threading.Lock()
BADGE_KEY = b"\x0a\x0b\x0c\x0d"


@dataclass(slots=True)
class ServerClock:
    """The server's clock, set by hand."""

    now_ms: int = START_MS

    def clock(self) -> Clock:
        """Give it as the server takes it."""
        return Clock(lambda: self.now_ms, lambda: self.now_ms - START_MS + DAY_MS, b"\x07" * 8)


@dataclass(slots=True)
class Author:
    """A kiosk that writes its log. skew_ms: how far its wall clock is ahead of the truth."""

    key: Ed25519PrivateKey
    post: str = ""
    bodies: list[bytes] = field(default_factory=list)
    boots: int = 0
    booted_ms: int = START_MS
    skew_ms: int = 0

    @property
    def public(self) -> bytes:
        """Its 32 public bytes."""
        return self.key.public_key().public_bytes_raw()

    @property
    def log(self) -> LogId:
        """The log's id."""
        return log_id(self.public)

    @property
    def hashes(self) -> list[EntryHash]:
        """The hash before the first entry, then that of each."""
        return [genesis(self.public), *links(genesis(self.public), self.bodies)]

    @property
    def head(self) -> int:
        """The seq of the last entry."""
        return len(self.bodies)

    def copy(self) -> "Author":
        """Be cloned: from here on there are two branches."""
        return deepcopy_of(self)

    def add(self, entry: Entry | bytes) -> int:
        """Write an entry, or bytes that pass for one; give its seq."""
        self.bodies.append(entry if isinstance(entry, bytes) else encode(entry))
        return len(self.bodies)

    def boot(self, at_ms: int, *, skew_ms: int = 0) -> int:
        """Start anew at this true time."""
        self.boots += 1
        self.booted_ms, self.skew_ms = at_ms - 5_000, skew_ms
        return self.add(Boot(*self.stamp(at_ms), "test", "boottime"))

    def scan(self, at_ms: int, who: str = "V1", direction: str = "in", **fields: Any) -> int:
        """Record a scan at this true time; `fields` replace what a good card gives."""
        return self.add(self.make_scan(at_ms, who, direction, **fields))

    def make_scan(self, at_ms: int, who: str, direction: str = "in", **fields: Any) -> Scan:
        """Give a scan that is not written yet."""
        values: dict[str, Any] = {
            "chosen": 1,
            "how": "card",
            "state": "good",
            "post": self.post,
            "who": who,
            "key": BADGE_KEY,
            "serial": 1,
            "expires_s": START_MS // 1000 + 400 * 86_400,
        }
        return Scan(*self.stamp(at_ms), direction, **(values | fields))

    def contact(self, at_ms: int, server: Ed25519PrivateKey, *, round_trip_ms: int = 40) -> int:
        """Record a contact with this server: anchor and frontier."""
        boot, mono_ms, lead_ms = self.stamp(at_ms)
        nonce = sha256(b"nonce" + bytes(str(at_ms), "ascii")).digest()[:16]
        said = statement.write("time", epoch="e", log=self.log, nonce=nonce, server_ms=at_ms)
        before, after = mono_ms - round_trip_ms // 2, mono_ms + round_trip_ms // 2
        signature = statement.sign(server, said)
        self.add(Anchor(boot, after, lead_ms, "e", nonce, at_ms, before, after, signature))
        return self.add(Frontier(boot, after, lead_ms, self.head))

    def stamp(self, at_ms: int) -> tuple[bytes, int, int]:
        """Give boot, mono_ms and lead_ms at this true time."""
        boot = sha256(self.public + bytes([self.boots])).digest()[:8]
        mono_ms = at_ms - self.booted_ms
        return boot, mono_ms, at_ms + self.skew_ms - mono_ms

    def batch(self, first: int = 1, last: int | None = None) -> bytes:
        """Give the wire bytes of a run of entries."""
        stop = self.head if last is None else last
        return batch.pack(
            self.key,
            first=first,
            previous=self.hashes[first - 1],
            bodies=self.bodies[first - 1 : stop],
        )

    def signed(self, text: str) -> dict[str, str]:
        """Give a statement as the envelopes carry it."""
        signature = statement.sign(self.key, text).hex()
        return {"key": self.public.hex(), "statement": text, "signature": signature}

    def hello(self, *, version: str = "test", **fields: object) -> dict[str, str]:
        """Give a hello; `fields` replace those of the statement."""
        said = {
            "log": self.log,
            "seq": self.head,
            "hash": self.hashes[-1],
            "nonce": bytes(16),
            **fields,
        }
        return self.signed(statement.write("hello", **said)) | {"version": version}

    def wish(
        self,
        code: enrolment.EnrolmentCode,
        seal_key: bytes,
        *,
        post: str = "",
        secret: bytes | None = None,
    ) -> dict[str, str]:
        """Give the wish to enrol with this code; `secret` in place of the right one."""
        text = statement.write("enrol", log=self.log, code=code.id, post=post, nonce=bytes(16))
        plain = code.secret if secret is None else secret
        return self.signed(text) | {"secret": seal.seal(seal_key, plain, enrolment.SEAL_INFO).hex()}


def deepcopy_of(author: Author) -> Author:
    """Copy all but the key, which cannot be copied and need not be."""
    memo = {id(author.key): author.key}
    return deepcopy(author, memo)


def make_author(seed: str, post: str = "") -> Author:
    """The same seed gives the same author."""
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"author" + seed.encode()).digest())
    return Author(key, post)


def written(seed: str, scans: int = 5) -> Author:
    """Give an author with a boot and so many scans, a minute apart."""
    author = make_author(seed)
    author.boot(START_MS)
    for number in range(scans):
        author.scan(
            START_MS + (number + 1) * 5 * MINUTE_MS, direction="in" if number % 2 == 0 else "out"
        )
    return author


def client_of(services: Services) -> FlaskClient:
    """Make the doors, and give a client of them. One at a time: routes are compiled, for which CPython counts the depth of syntax
    trees once for all threads (python/cpython#106905).
    """
    with _making:
        return create_app(services).test_client()


def push(client: FlaskClient, wire: bytes) -> TestResponse:
    """Bring a batch to the door."""
    return client.post("/sync/v1/push", data=wire, content_type=BATCH_TYPE)


def post(client: FlaskClient, door: str, body: object) -> TestResponse:
    """Bring an envelope to a door."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/sync/v1/{door}", data=raw, content_type="application/json")


def pull_wish(client: FlaskClient, author: Author, **asked: object) -> dict[str, str]:
    """Say hello, and give the wish for a page of the channel `all` that this proves; `asked` replaces fields of it."""
    time = post(client, "hello", author.hello()).get_json()["time"]
    fields = statement.read(time["statement"], "time")
    text = statement.write(
        "pull",
        **{
            "log": author.log,
            "nonce": fields["nonce"],
            "server_ms": fields["server_ms"],
            "proof": time["signature"],
            "channel": "all",
            "epoch": "",
            "number": 0,
            "staged": 0,
            "part": 1,
            **asked,
        },
    )
    return author.signed(text)


def problem_code(answer: TestResponse) -> str:
    """Give the code of a problem, having looked that it is one: the shape, never HTML, nothing else."""
    assert answer.mimetype == "application/problem+json", answer.get_data()[:200]
    body = json.loads(answer.get_data())
    assert set(body) == {"type", "title", "status", "code", "detail", "kept"}
    assert body["status"] == answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    code: str = body["code"]
    return code


def enrol_at(services: Services, author: Author, site: str, post_code: str = "") -> None:
    """Enrol an author's log at a site, now."""
    from server.intake.enrol import Wish, enrol, make_code

    code = make_code(services.database, services.signer, site)
    wish = Wish(author.public, author.log, code.id, post_code, code.secret)
    enrol(services.database, services.central, wish, source="builder")
