"""A clock that is set by hand, and a small server of the same protocol, over real sockets on loopback, that can misbehave."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.clock import Reading
from schemas.entry import Entry, Note
from sync import badge, batch, canonical, enrolment, heads, parcel, seal, site_names, statement
from sync.errors import Refused
from sync.ids import badge_key_id, boot_id, log_id, server_fingerprint
from sync.receipt import Receipt

NOON_MS = 1_790_000_000_000
JSON, PROBLEM = "application/json", "application/problem+json"
PARCEL = "application/vnd.redvest.parcel"
History = list[tuple[int, dict[str, dict[tuple[str, str], list[Any]]]]]
"""Numbers in order, and what was in each channel then."""


class FakeClock:
    """A clock that stands still until it is moved."""

    kind = "boottime"

    def __init__(self, wall_ms: int = NOON_MS) -> None:
        self.wall_ms, self.mono_ms, self.boots = wall_ms, 5_000, 1

    def read(self) -> Reading:
        return Reading(boot_id(str(self.boots)), self.mono_ms, self.wall_ms)

    def advance(self, milliseconds: int) -> None:
        self.wall_ms += milliseconds
        self.mono_ms += milliseconds

    def reboot(self, off_ms: int = 60_000) -> None:
        self.boots += 1
        self.wall_ms += off_ms
        self.mono_ms = 3_000


class Answer(NamedTuple):
    """What a door gives back. cut: how many bytes of the body are really sent; None: all."""

    status: int
    body: bytes
    kind: str = JSON
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    cut: int | None = None


Fault = Callable[[str, Callable[[], Answer]], Answer]
"""Is told the path and how to get the honest answer; gives what is sent instead."""


@dataclass(slots=True)
class Held:
    """What the server holds of one log."""

    entries: dict[bytes, bytes] = field(default_factory=dict)
    ranges: tuple[heads.Range, ...] = ()
    seqs: dict[bytes, int] = field(default_factory=dict)


@dataclass
class FakeServer:
    """The doors of `/sync/v1`, with everything in memory."""

    clock: FakeClock
    epoch: str = "1"
    is_demo: bool = False
    site: str = "S1"
    revoked: dict[str, int] = field(default_factory=dict)
    roster: list[str] = field(default_factory=list)
    fault: Fault | None = None
    aside: Callable[[batch.Batch], str | None] = lambda _batch: None
    part_rows: int = 0
    whole_from: int = 1
    url: str = ""
    is_old: bool = False
    post: str = ""

    def __post_init__(self) -> None:
        self.identity = Ed25519PrivateKey.generate()
        self.seal = X25519PrivateKey.generate()
        self.badge = Ed25519PrivateKey.generate()
        self.codes: dict[str, bytes] = {}
        self.used: dict[str, str] = {}
        self.logs: dict[str, Held] = {}
        self.asked: list[str] = []
        self.history: History = []
        self.deposits: dict[str, tuple[str, bytes, bytes]] = {}
        self.given_back: list[int] = []
        self.shown: list[tuple[str, ...]] = []
        self.lost: set[str] = set()
        self.told: list[dict[str, int]] = []
        self.messages: dict[str, tuple[str, int]] = {}
        self.called: dict[str, tuple[str, str, str]] = {}
        self.needs: dict[str, str] = {}
        self.fits: dict[str, str] = {}
        self.announced: dict[str, site_names.Announced] = {}
        self.sealed: dict[tuple[bytes, bytes], bytes] = {}

    def code(self) -> str:
        """Make a one-use code."""
        number = len(self.codes)
        made = enrolment.EnrolmentCode(
            number.to_bytes(5, "big"), bytes([number]) * 10, server_fingerprint(self.public)
        )
        self.codes[made.id.hex()] = made.secret
        return made.text()

    def confirm(self, log: str) -> None:
        """Enrol a log that waits for a person."""
        self.used[f"confirmed {log}"] = log

    def entries(self, log: str) -> list[Entry | canonical.Strange]:
        """What is held of a log, by seq."""
        held = self.logs[log]
        in_order = sorted(held.entries, key=lambda entry_hash: held.seqs[entry_hash])
        return [canonical.understand(held.entries[entry_hash]) for entry_hash in in_order]

    def print_badge(self, number: str, *, serial: int = 1, expires_s: int = 2**31) -> str:
        """Issue a badge."""
        return badge.issue(
            self.badge, number=number, serial=serial, issued_s=0, expires_s=expires_s
        )

    @property
    def public(self) -> bytes:
        return self.identity.public_key().public_bytes_raw()

    def answer(self, path: str, kind: str, body: bytes) -> Answer:
        """Answer as told: honestly, or through the fault."""
        self.asked.append(path)

        def honest() -> Answer:
            try:
                return self._honest(path, kind, body)
            except Refused as error:
                return problem(403, error.code)

        return honest() if self.fault is None else self.fault(path, honest)

    def _honest(self, path: str, kind: str, body: bytes) -> Answer:
        door = path.removeprefix("/sync/v1/")
        if door == "keys":
            return ok({"key": self.public.hex(), **self._keys()})
        if door == "deposit":
            return self._deposit(body)
        if door == "push":
            assert kind == "application/vnd.redvest.batch"
            return self._push(body)
        asked = json.loads(body)
        key = bytes.fromhex(asked["key"])
        statement.require_signed(key, asked["statement"], bytes.fromhex(asked["signature"]))
        fields = statement.read(asked["statement"], door)
        assert fields["log"] == log_id(key)
        doors: dict[str, Callable[[dict[str, str], dict[str, str]], Answer]] = {
            "enrol": self._enrol,
            "hello": self._hello,
            "pull": self._pull,
        }
        return doors[door](fields, asked)

    def _keys(self) -> dict[str, str]:
        return self.sign(
            "keys",
            epoch=self.epoch,
            central=log_id(self.public),
            seal=self.seal.public_key().public_bytes_raw(),
            badges=self.badge.public_key().public_bytes_raw(),
            server_ms=self.clock.wall_ms,
        )

    def _enrol(self, fields: dict[str, str], asked: dict[str, str]) -> Answer:
        sealed = bytes.fromhex(asked["secret"])
        info = enrolment.seal_info(is_demo=self.is_demo)
        secret = seal.unseal(self.seal.private_bytes_raw(), sealed, info)
        if self.codes.get(fields["code"]) != secret:
            return problem(403, "bad_code")
        if self.used.setdefault(fields["code"], fields["log"]) != fields["log"]:
            return problem(409, "code_used")
        return ok({"site": self.site, "site_name": "东门卡口", "post": fields["post"] or None})

    def _hello(self, fields: dict[str, str], asked: dict[str, Any]) -> Answer:
        log = fields["log"]
        held = self.logs.setdefault(log, Held())
        time = self.sign(
            "time",
            epoch=self.epoch,
            log=log,
            nonce=fields["nonce"],
            server_ms=self.clock.wall_ms,
        )
        ranges = [{"first": r.first, "last": r.last, "hash": r.head.hex()} for r in held.ranges]
        if self.is_old and "health" in asked:
            return problem(400, "malformed")
        self.told.append(asked.get("health", {}))
        self.shown = [tuple(word.values()) for word in asked["proofs"]]
        place: dict[str, str] | None = self.sign(
            "place",
            epoch=self.epoch,
            log=log,
            site=self.site,
            post=self.post,
            server_ms=self.clock.wall_ms,
        )
        channels = [{"channel": name, "number": self.number(name)} for name in self.channels]
        belongs: dict[str, object] = {
            "enrolled": log in self.used.values(),
            "site": self.site,
            "post": None,
        }
        if log in self.lost:
            place, channels = None, []
            belongs = {"enrolled": False, "site": None, "post": None, "revoked": True}
        return ok({"time": time, "ranges": ranges, "place": place, "channels": channels, **belongs})

    def _push(self, wire: bytes) -> Answer:
        got = batch.unpack(wire)
        held = self.logs.setdefault(got.log, Held())
        code = self.aside(got)
        if code is not None:
            return problem(422, code, kept=True)
        known = frozenset(h for h, seq in held.seqs.items() if got.first <= seq <= got.last)
        plan = heads.lay(
            held.ranges, first=got.first, previous=got.previous, hashes=got.hashes, held=known
        )
        held.ranges = plan.ranges
        for seq, (entry_hash, body) in enumerate(
            zip(got.hashes, got.bodies, strict=True), got.first
        ):
            held.entries[entry_hash], held.seqs[entry_hash] = body, seq
            self._hear(got.log, canonical.understand(body))
        word = Receipt(self.epoch, got.log, got.first, got.last, got.head, self.clock.wall_ms)
        return ok({"receipt": self.sign_text(word.text())})

    def _pull(self, fields: dict[str, str], _asked: dict[str, str]) -> Answer:
        said = statement.write(
            "time",
            epoch=self.epoch,
            log=fields["log"],
            nonce=fields["nonce"],
            server_ms=fields["server_ms"],
        )
        statement.require_signed(self.public, said, bytes.fromhex(fields["proof"]))
        wire = self.page(
            fields["channel"], fields["epoch"], int(fields["number"]), int(fields["part"])
        )
        return Answer(200, wire, PARCEL)

    def _deposit(self, wire: bytes) -> Answer:
        word = parcel.unpack(wire, server_key=self.public)
        assert isinstance(word, parcel.Deposit)
        is_new = word.first not in self.given_back
        self.given_back.append(word.first)
        return ok({"fresh": int(is_new), "whole": word.first <= self.whole_from})

    @property
    def channels(self) -> list[str]:
        """What its kiosks follow."""
        return ["all", f"site:{self.site}", "central"]

    def rows(self, channel: str) -> dict[tuple[str, str], list[Any]]:
        """What is in a channel now, by kind and key."""
        key = self.badge.public_key().public_bytes_raw()
        if channel == "central":
            return {("deposit", name): list(word) for name, word in self.deposits.items()}
        if channel != "all":
            told = {("message", key): list(row) for key, row in self.messages.items()}
            told |= {("need", post): [text] for post, text in self.needs.items()}
            told |= {("fit", number): [text] for number, text in self.fits.items()}
            return {("site", self.site): ["东门卡口"], **told, **self.names()}
        found: dict[tuple[str, str], list[Any]] = {("badge_key", badge_key_id(key).hex()): [key]}
        found |= {("revoked", number): [serial] for number, serial in self.revoked.items()}
        return found | {("known", number): [] for number in self.roster}

    def names(self) -> dict[tuple[str, str], list[Any]]:
        """The names of people, sealed for the keys that its kiosks' codes prove."""
        hashes = {
            code: enrolment.EnrolmentCode(bytes.fromhex(code), secret, b"").secret_hash()
            for code, secret in self.codes.items()
        }
        publics = sorted(
            said.public
            for said in self.announced.values()
            if site_names.is_proved(said, hashes.get(said.code.hex(), b""))
        )
        if not publics:
            return {}
        secret = sha256(b"".join(publics)).digest()
        for public in publics:
            self.sealed.setdefault((public, secret), site_names.seal_secret(public, secret))
        mark = sha256(secret).digest()[:16]
        found: dict[tuple[str, str], list[Any]] = {
            ("name_key", public.hex()): [mark, self.sealed[public, secret]] for public in publics
        }
        for number, words in self.called.items():
            person = site_names.Person(number, *words)
            found["person", number] = [site_names.seal_person(secret, person)]
        return found

    def _hear(self, log: str, entry: object) -> None:
        """Note a key that a kiosk's lead announces."""
        if isinstance(entry, Note) and entry.topic == site_names.TOPIC:
            said = site_names.read_announced(entry.text)
            assert said is not None
            self.announced[log] = said

    def number(self, channel: str) -> int:
        """The number of a channel's last change: found by looking whether it has changed since last asked."""
        rows = self.rows(channel)
        if not self.history or self.history[-1][1].get(channel) != rows:
            before = dict(self.history[-1][1]) if self.history else {}
            self.history.append((len(self.history) + 1, before | {channel: rows}))
        return max(n for n, state in self.history if _changed(self.history, n, channel))

    def page(self, channel: str, epoch: str, number: int, part: int) -> bytes:
        """A page of changes after a number of this epoch, else a part of the snapshot."""
        top, rows = self.number(channel), self.rows(channel)
        fields: dict[str, object] = {"epoch": self.epoch, "channel": channel, "number": top}
        if epoch == self.epoch and number <= top:
            before = self.history[number - 1][1].get(channel, {}) if number else {}
            fresh = {at: row for at, row in rows.items() if before.get(at) != row}
            content = content_of(fresh, [at for at in before if at not in rows])
            return self.parcel("changes", content, **fields, after=number)
        size = self.part_rows or max(1, len(rows))
        every = [list(rows.items())[n : n + size] for n in range(0, len(rows), size)] or [[]]
        content = content_of(dict(every[part - 1]), [])
        return self.parcel("snapshot", content, **fields, part=part, parts=len(every))

    def parcel(self, name: str, content: bytes, **fields: object) -> bytes:
        """Sign a parcel."""
        signed = self.sign(
            name, **fields, digest=parcel.digest(content), server_ms=self.clock.wall_ms
        )
        return parcel.pack(signed["statement"], bytes.fromhex(signed["signature"]), content)

    def sign(self, name: str, **fields: object) -> dict[str, str]:
        return self.sign_text(statement.write(name, **fields))

    def sign_text(self, text: str) -> dict[str, str]:
        return {"statement": text, "signature": statement.sign(self.identity, text).hex()}


def content_of(rows: dict[tuple[str, str], list[Any]], gone: list[tuple[str, str]]) -> bytes:
    """The content of a page with these rows in it, and these gone."""
    groups: dict[str, tuple[list[object], list[str]]] = {}
    for (kind, key), row in rows.items():
        groups.setdefault(kind, ([], []))[0].append([key, *row])
    for kind, key in gone:
        groups.setdefault(kind, ([], []))[1].append(key)
    return parcel.pack_groups([(kind, *both) for kind, both in groups.items()])


def _changed(history: History, number: int, channel: str) -> bool:
    before = history[number - 2][1].get(channel) if number > 1 else None
    return history[number - 1][1].get(channel) != before


def ok(body: object) -> Answer:
    """Give a 200 in JSON."""
    return Answer(200, json.dumps(body).encode())


def problem(status: int, code: str, *, kept: bool = False, **headers: str) -> Answer:
    """Give an error as the protocol has it."""
    body = {"status": status, "code": code, "kept": kept}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), PROBLEM, named)


class Dropped(Exception):
    """The fault wants the connection closed without an answer."""


@contextmanager
def listening(server: FakeServer) -> Iterator[None]:
    """Serve on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                answer = server.answer(self.path, self.headers.get("Content-Type", ""), body)
            except Dropped:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: answer.cut])
            self.close_connection = answer.cut is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_args: object) -> None:  # a kiosk that hung up is no news
            pass

    with Quiet(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            http.shutdown()
            thread.join()
