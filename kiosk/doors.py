"""The doors of a server's `/sync/v1/`, from the kiosk's side: what goes in, and which replies count as an answer.

Anything that is not exactly of a known shape is `not_an_answer`: a captive portal's 200 is not success.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from marshmallow import Schema, ValidationError

from kiosk import VERSION
from kiosk.errors import Stopped
from kiosk.transport import Reply, Transport
from schemas import envelopes
from schemas.vocabulary import Code
from sync import statement

_JSON, _PROBLEM = "application/json", "application/problem+json"
BATCH_KIND = "application/vnd.redvest.batch"
BUNDLE_KIND = "application/vnd.redvest.bundle"
PARCEL_KIND = "application/vnd.redvest.parcel"
_LATER = (408, 425, 429)

Fields = dict[str, Any]
"""A reply's fields, of the types its schema checked."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A batch that the server would not take: kept raw over there, or not. It does not stop the others (I3)."""

    code: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Doors:
    """The doors, opened with a log's key."""

    transport: Transport
    key: Ed25519PrivateKey

    def keys(self) -> Fields:
        """Ask for the server's keys."""
        return read_answer(self.transport.get("/sync/v1/keys"), envelopes.KeysReply())

    def enrol(self, text: str, secret: bytes) -> Fields:
        """Ask for enrolment with this statement and sealed secret."""
        return self._post(
            "enrol", self._signed(text) | {"secret": secret.hex()}, envelopes.EnrolReply()
        )

    def hello(
        self, text: str, proofs: Sequence[tuple[str, bytes]], health: Mapping[str, int]
    ) -> Fields:
        """Say hello with this statement, show these earlier words of the server, and say how the kiosk stands.

        A server that is older than this kiosk refuses what it does not know: then it is told without.
        """
        try:
            body = hello_body(self.key, text, proofs, health)
            return self._post("hello", body, envelopes.HelloReply())
        except Stopped as error:
            if error.code != Code.MALFORMED or not health:
                raise
            body = hello_body(self.key, text, proofs, {})
            return self._post("hello", body, envelopes.HelloReply())

    def pull(self, text: str) -> bytes:
        """Ask for the next page of a channel with this statement; give the parcel, not yet trusted."""
        reply = self._send("pull", self._signed(text))
        if reply.status == 200 and reply.kind == PARCEL_KIND:
            return reply.body
        read_answer(reply, envelopes.Problem())
        raise Stopped(Code.NOT_AN_ANSWER, reply.kind, later=True)

    def deposit(self, wire: bytes) -> Fields:
        """Give back what the centre left here."""
        reply = self.transport.post("/sync/v1/deposit", wire, PARCEL_KIND)
        return read_answer(reply, envelopes.DepositReply())

    def push(self, wire: bytes) -> Fields | NotTaken:
        """Push a batch; give the receipt, or say that this batch was not taken."""
        reply = self.transport.post("/sync/v1/push", wire, BATCH_KIND)
        if reply.status in (413, 422):
            problem = _problem(reply)
            return NotTaken(problem["code"], problem["kept"])
        return read_answer(reply, envelopes.PushReply())

    def bundle(self, file: bytes) -> bytes:
        """Bring a bundle file; give the reply file, not yet trusted."""
        reply = self.transport.post("/sync/v1/bundle", file, BUNDLE_KIND)
        if reply.status == 200 and reply.kind == BUNDLE_KIND:
            return reply.body
        read_answer(reply, envelopes.Problem())
        raise Stopped(Code.NOT_AN_ANSWER, reply.kind, later=True)

    def _signed(self, text: str) -> dict[str, str]:
        return _signed(self.key, text)

    def _post(self, door: str, body: Mapping[str, object], schema: Schema) -> Fields:
        return read_answer(self._send(door, body), schema)

    def _send(self, door: str, body: Mapping[str, object]) -> Reply:
        sent = json.dumps(body, separators=(",", ":")).encode()
        return self.transport.post(f"/sync/v1/{door}", sent, _JSON)


def hello_body(
    key: Ed25519PrivateKey,
    text: str,
    proofs: Sequence[tuple[str, bytes]],
    health: Mapping[str, int],
) -> dict[str, object]:
    """Give the request of a hello with this statement."""
    shown = [{"statement": said, "signature": by.hex()} for said, by in proofs]
    more = {"health": dict(health)} if health else {}
    return {**_signed(key, text), "version": VERSION, "proofs": shown, **more}


def _signed(key: Ed25519PrivateKey, text: str) -> dict[str, str]:
    return {
        "key": key.public_key().public_bytes_raw().hex(),
        "statement": text,
        "signature": statement.sign(key, text).hex(),
    }


def read_answer(reply: Reply, schema: Schema) -> Fields:
    """Read a reply. Raise `Stopped`: later (4) unless the server itself said no."""
    if reply.status == 200 and reply.kind == _JSON:
        return _checked(reply.body, schema)
    is_later = reply.status in _LATER or reply.status >= 500
    if reply.kind == _PROBLEM and reply.status >= 400:
        said = _problem(reply)["code"]
        if said != Code.INTERNAL:  # which is what this program calls its own faults
            raise Stopped(said, later=is_later, retry_after_ms=reply.retry_after_ms)
    code = Code.TRY_LATER if is_later else Code.NOT_AN_ANSWER
    detail = f"HTTP {reply.status}"
    raise Stopped(code, detail, later=True, retry_after_ms=reply.retry_after_ms)


def _problem(reply: Reply) -> Fields:
    if reply.kind != _PROBLEM:
        raise Stopped(Code.NOT_AN_ANSWER, f"HTTP {reply.status}", later=True)
    fields = _checked(reply.body, envelopes.Problem())
    if re.fullmatch(r"[a-z0-9_]{1,64}", fields["code"]) is None:
        raise Stopped(Code.NOT_AN_ANSWER, "code", later=True)
    return fields


def _checked(body: bytes, schema: Schema) -> Fields:
    try:
        fields: Fields = schema.load(json.loads(body))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Stopped(Code.NOT_AN_ANSWER, type(error).__name__, later=True) from error
    return fields
