"""What a neighbour that calls is answered: four doors, of which three open only to who has shown that they belong to our centre.

Knows nothing of sockets (`listener.py`), and never touches the store: it is told who we are, and hands out and keeps files.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from marshmallow import Schema, ValidationError

from kiosk.doors import read_answer
from kiosk.errors import Stopped
from kiosk.limits import (
    NEIGHBOUR_TALKS_MAX,
    RELAY_AGAIN_MS,
    RELAY_BYTES_MAX,
)
from kiosk.neighbours import parts, words
from kiosk.neighbours.me import Me
from kiosk.neighbours.shelf import take_in
from kiosk.neighbours.talks import Talk, Talks
from kiosk.transport import Limits, Transport
from schemas import neighbour as envelopes
from schemas.envelopes import HelloReply, HelloRequest
from schemas.limits import (
    BUNDLE_POST_BYTES_MAX,
    NEIGHBOUR_ENVELOPE_BYTES_MAX,
    NEIGHBOUR_KNOWN_MAX,
)
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.ids import log_id
from sync.neighbour import Member, greet, require_greeting, require_member

PATH = "/neighbour/v1/"
HELLO, OPEN, GIVE, TAKE, RELAY = "hello", "open", "give", "take", "relay"
NONCE_BYTES = 16
JSON_KIND, FILE_KIND = "application/json", "application/vnd.redvest.bundle"
_RELAY = Limits(connect_s=2.0, read_s=5.0, total_s=8.0, reply_bytes_max=RELAY_BYTES_MAX)
Fields = dict[str, Any]


class Said(NamedTuple):
    """What is answered: JSON, or a file."""

    body: bytes | IO[bytes]
    kind: str = JSON_KIND


class Given(NamedTuple):
    """A neighbour called us, and took our own bundle or not (then no digest)."""

    address: str
    log: str
    site: str
    digest: bytes


def ask_centre(url: str, hello: Fields) -> Fields:
    """Hand a hello on. Raise `Stopped`: later, whatever it was; nobody waits long for a neighbour."""
    with Transport(url, _RELAY) as transport:
        body = json.dumps(hello, separators=(",", ":")).encode()
        try:
            return read_answer(transport.post("/sync/v1/hello", body, JSON_KIND), HelloReply())
        except Stopped as error:
            raise Stopped(Code.TRY_LATER, str(error.code), later=True) from error


@dataclass(slots=True)
class Porch:
    """The doors. now_ms: of a monotonic clock. me: who we are now, None while we cannot say; called: what `presence.py` notes.

    ask_centre: hands a hello on to the centre at an address, and gives its answer.
    """

    now_ms: Callable[[], int]
    chance: Callable[[int], bytes]
    me: Me | None = None
    called: deque[Given] = field(default_factory=lambda: deque(maxlen=NEIGHBOUR_TALKS_MAX))
    on_kept: Callable[[], None] = lambda: None
    ask_centre: Callable[[str, Fields], Fields] = ask_centre
    _talks: Talks = field(init=False)
    _shelf: threading.Lock = field(default_factory=threading.Lock)
    _relayed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin without any talk."""
        self._talks = Talks(self.now_ms)

    def size_max(self, door: str, source: str, token: str) -> int:
        """Say how large a body may be, before a byte of it is read. Raise `Refused` if nobody may come in at that door."""
        if door == HELLO:
            self._me()
        elif door in (OPEN, GIVE, TAKE, RELAY):
            self._talks.get(source, token, is_open=door != OPEN)
        else:
            raise Refused(Code.NOT_FOUND, "no such door")
        return BUNDLE_POST_BYTES_MAX if door == GIVE else NEIGHBOUR_ENVELOPE_BYTES_MAX

    def answer(self, door: str, source: str, token: str, body: IO[bytes]) -> Said:
        """Answer a request whose body was read. Raise `Refused`, `Stopped(quota)`."""
        me = self._me()
        if door == HELLO:
            return self._hello(me, source, body)
        talk = self._talks.get(source, token, is_open=door != OPEN)
        if door == OPEN:
            return self._open(me, talk, body)
        work = {GIVE: self._give, TAKE: self._take, RELAY: self._relay}[door]
        return work(me, talk, body)

    def _hello(self, me: Me, source: str, body: IO[bytes]) -> Said:
        asked = _fields(body, envelopes.HelloRequest())
        nonce = self.chance(NONCE_BYTES)
        self._talks.remember(Talk(source, nonce, self.now_ms()))
        text, signature = greet(me.key, centre=me.centre, nonce=bytes.fromhex(asked["nonce"]))
        return _json(
            {
                "key": me.key.public_key().public_bytes_raw().hex(),
                **words.signed((text, signature)),
                "place": words.signed(me.word),
                "nonce": nonce.hex(),
            }
        )

    def _open(self, me: Me, talk: Talk, body: IO[bytes]) -> Said:
        asked = _fields(body, envelopes.OpenRequest())
        greeting = asked["statement"], bytes.fromhex(asked["signature"])
        log = require_greeting(
            bytes.fromhex(asked["key"]), greeting, centre=me.centre, nonce=talk.nonce
        )
        shown = [words.word_of(place) for place in asked["places"]]
        caller = require_member(shown, log, server_key=me.server_key)
        if log in me.own:
            raise Refused(Code.UNKNOWN_LOG, "this kiosk itself")
        talk.members = words.members(shown, me.server_key)
        talk.caller = caller
        self.called.append(Given(talk.source, log, caller.site, b""))
        here = words.kept(me)
        offered = [one for one in parts.offers(me) if one.log in here or one.log in me.own]
        done = parts.known(me.home)[-NEIGHBOUR_KNOWN_MAX:]
        return _json(
            {
                "places": [words.signed(word) for word in words.shown(me, here)],
                "parts": [one.told() for one in offered],
                "known": [digest.hex() for digest in done],
                "reaches": me.reaches,
            }
        )

    def _give(self, me: Me, talk: Talk, body: IO[bytes]) -> Said:
        with self._shelf:  # one at a time: what there is room for is counted
            is_kept = take_in(me, talk.members, body, by=_caller(talk).log)
            words.keep(me, talk.members)
        if is_kept:
            self.on_kept()
        return _json({"kept": is_kept})

    def _take(self, me: Me, talk: Talk, body: IO[bytes]) -> Said:
        digest = bytes.fromhex(_fields(body, envelopes.TakeRequest())["digest"])
        for one in parts.offers(me):
            if one.digest == digest:
                try:
                    opened = one.file.open("rb")
                except OSError:
                    break
                if one.log in me.own and one.kind == envelopes.BUNDLE:
                    caller = _caller(talk)
                    self.called.append(Given(talk.source, caller.log, caller.site, digest))
                return Said(opened, FILE_KIND)
        raise Refused(Code.NOT_FOUND, "not here any more")

    def _relay(self, me: Me, talk: Talk, body: IO[bytes]) -> Said:
        """Hand the caller's own hello on to the centre, once a minute, and the answer back as it came."""
        asked = _fields(body, HelloRequest())
        caller = _caller(talk)
        if log_id(bytes.fromhex(asked["key"])) != caller.log:
            raise Refused(Code.UNKNOWN_LOG, "a hello of another log")
        last_ms = self._relayed.get(caller.log)
        if not me.reaches or (last_ms is not None and self.now_ms() - last_ms < RELAY_AGAIN_MS):
            raise Stopped(Code.TRY_LATER, "not now", later=True)
        if len(self._relayed) >= NEIGHBOUR_TALKS_MAX:
            self._relayed.clear()
        self._relayed[caller.log] = self.now_ms()
        return _json(self.ask_centre(me.url, asked))

    def _me(self) -> Me:
        if self.me is None:
            raise Stopped(Code.TRY_LATER, "not ready", later=True)
        return self.me


def _caller(talk: Talk) -> Member:
    if talk.caller is None:
        raise Refused(Code.STALE_PROOF, "no such talk")
    return talk.caller


def _fields(body: IO[bytes], schema: Schema) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = schema.load(json.loads(body.read()))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Refused(Code.MALFORMED, type(error).__name__) from error
    return fields


def _json(fields: dict[str, Any]) -> Said:
    return Said(json.dumps(fields, separators=(",", ":")).encode())
