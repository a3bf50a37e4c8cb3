"""The doors under /sync/v1 (`docs/protocol.md`). What goes in and out is checked by `schemas.envelopes`."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, request
from marshmallow import Schema, ValidationError

from schemas.envelopes import EnrolRequest, HelloRequest, PullRequest
from schemas.limits import BATCH_WIRE_BYTES_MAX, ENVELOPE_BYTES_MAX, PARCEL_WIRE_BYTES_MAX
from schemas.vocabulary import Code
from server import epochs
from server.badges.signing_keys import signing_key
from server.intake import enrol as enrolling
from server.intake import hello, ingest
from server.intake.epoch import Proof
from server.intake.pull import pull
from server.intake.take_back import take_back
from server.services import Services
from sync import batch as batches
from sync.errors import Refused

BATCH_TYPE = "application/vnd.redvest.batch"
PARCEL_TYPE = "application/vnd.redvest.parcel"

doors = Blueprint("sync", __name__, url_prefix="/sync/v1")


class SetAsideError(Exception):
    """A batch was kept raw, but could not be accepted."""

    def __init__(self, refusal: Refused) -> None:
        """Keep the reason."""
        super().__init__(str(refusal))
        self.refusal = refusal


@doors.get("/keys")
def keys() -> Response:
    """Give the server's keys, signed by the one that enrolment codes pin."""
    services = _services()
    signer = services.signer
    with services.database.read() as connection:
        life = epochs.current(connection)
        signing = signing_key(connection, signer.clock.wall_ms())
    signed = signer.sign(
        "keys",
        epoch=life.name,
        central=life.central,
        seal=signer.keys.seal_public,
        badges=signing.public,
        server_ms=signer.clock.wall_ms(),
    )
    return _json({"key": signer.keys.identity_public.hex(), **signed})


@doors.post("/hello")
def greet() -> Response:
    """Answer a hello with signed time and what is held of the log."""
    wish = _envelope(HelloRequest())
    services = _services()
    shown = [Proof(word["statement"], bytes.fromhex(word["signature"])) for word in wish["proofs"]]
    said = hello.Hello(
        bytes.fromhex(wish["key"]),
        wish["statement"],
        bytes.fromhex(wish["signature"]),
        wish["version"],
        shown,
    )
    greeting = hello.greet(services.database, services.signer, services.central, said)
    held = [{"first": r.first, "last": r.last, "hash": r.head.hex()} for r in greeting.ranges]
    return _json(
        {
            "time": greeting.time,
            "enrolled": greeting.enrolled,
            "site": greeting.site,
            "post": greeting.post,
            "ranges": held,
            "place": greeting.place,
            "channels": [{"channel": c, "number": n} for c, n in greeting.channels.items()],
            "revoked": greeting.revoked,
        }
    )


@doors.post("/push")
def push() -> Response:
    """Take a batch in and give a signed receipt for it, once it is durable."""
    if request.mimetype != BATCH_TYPE:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{BATCH_TYPE} expected")
    raw = _body(BATCH_WIRE_BYTES_MAX)
    services = _services()
    try:
        with services.turn:
            batch = batches.unpack(raw)
        taken = ingest.take(services.database, batch, services.turn)
    except Refused as refusal:
        if refusal.code in (Code.QUOTA, Code.TRY_LATER):
            raise
        ingest.set_aside(services.database, raw, refusal, services.signer.clock.wall_ms())
        raise SetAsideError(refusal) from refusal
    return _json({"receipt": services.signer.receipt(batch, taken.epoch)})


@doors.post("/enrol")
def enrol() -> Response:
    """Enrol a log by a one-use code."""
    given = _envelope(EnrolRequest())
    services = _services()
    wish = enrolling.read_wish(
        services.signer,
        key=bytes.fromhex(given["key"]),
        text=given["statement"],
        signature=bytes.fromhex(given["signature"]),
        sealed=bytes.fromhex(given["secret"]),
    )
    place = enrolling.enrol(
        services.database, services.central, wish, source=request.remote_addr or ""
    )
    return _json({"site": place.site, "site_name": place.site_name, "post": place.post})


@doors.post("/pull")
def give() -> Response:
    """Give a kiosk the next page of what concerns it."""
    wish = _envelope(PullRequest())
    services = _services()
    page = pull(
        services.database,
        services.signer,
        key=bytes.fromhex(wish["key"]),
        text=wish["statement"],
        signature=bytes.fromhex(wish["signature"]),
    )
    return _uncached(Response(page, mimetype=PARCEL_TYPE))


@doors.post("/deposit")
def take_deposit() -> Response:
    """Take back what the centre left with a kiosk."""
    if request.mimetype != PARCEL_TYPE:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{PARCEL_TYPE} expected")
    raw = _body(PARCEL_WIRE_BYTES_MAX)
    services = _services()
    taken = take_back(services.database, services.central, services.signer, raw)
    return _json({"fresh": taken.fresh, "whole": taken.whole})


def _services() -> Services:
    services: Services = current_app.extensions["redvest"]
    return services


def _body(bytes_max: int) -> bytes:
    """Read the whole body. Raise `Refused(too_large | malformed)`: of one that is too long or broke off nothing is kept."""
    request.max_content_length = bytes_max + 1  # one more, because a stream is cut there silently
    raw = request.get_data(cache=False)
    if len(raw) > bytes_max:
        raise Refused(Code.TOO_LARGE, f"over {bytes_max} bytes")
    if len(raw) < (request.content_length or 0):
        raise Refused(Code.MALFORMED, "the body broke off")
    return raw


def _envelope(schema: Schema) -> dict[str, Any]:
    """Read a JSON body within its bound. Raise `Refused(malformed | too_large)`."""
    raw = _body(ENVELOPE_BYTES_MAX)
    try:
        loaded: dict[str, Any] = schema.load(json.loads(raw, object_pairs_hook=_no_repeats))
    except (ValueError, RecursionError, TypeError) as error:
        raise Refused(Code.MALFORMED, "not JSON") from error
    except ValidationError as error:
        names = ", ".join(sorted(str(name) for name in error.messages_dict))
        raise Refused(Code.MALFORMED, f"fields: {names}"[:200]) from error
    return loaded


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key twice")
    return fields


def _json(body: dict[str, object]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _uncached(Response(text, mimetype="application/json"))


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
