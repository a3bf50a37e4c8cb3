"""The doors under /sync/v1 (`docs/protocol.md`). What goes in and out is checked by `schemas.envelopes`."""

from flask import Blueprint, Response, current_app, request

from schemas.envelopes import EnrolRequest, HelloRequest, PullRequest
from schemas.limits import BATCH_WIRE_BYTES_MAX, PARCEL_WIRE_BYTES_MAX
from schemas.vocabulary import Code
from server import epochs
from server.badges.signing_keys import signing_key
from server.http.bodies import as_json, read_body, read_envelope, uncached
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
    return as_json({"key": signer.keys.identity_public.hex(), **signed})


@doors.post("/hello")
def greet() -> Response:
    """Answer a hello with signed time and what is held of the log."""
    wish = read_envelope(HelloRequest())
    services = _services()
    shown = [Proof(word["statement"], bytes.fromhex(word["signature"])) for word in wish["proofs"]]
    said = hello.Hello(
        bytes.fromhex(wish["key"]),
        wish["statement"],
        bytes.fromhex(wish["signature"]),
        wish["version"],
        shown,
        wish["health"],
    )
    greeting = hello.greet(services.database, services.signer, services.central, said)
    held = [{"first": r.first, "last": r.last, "hash": r.head.hex()} for r in greeting.ranges]
    return as_json(
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
    raw = read_body(BATCH_WIRE_BYTES_MAX)
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
    return as_json({"receipt": services.signer.receipt(batch, taken.epoch)})


@doors.post("/enrol")
def enrol() -> Response:
    """Enrol a log by a one-use code."""
    given = read_envelope(EnrolRequest())
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
    return as_json({"site": place.site, "site_name": place.site_name, "post": place.post})


@doors.post("/pull")
def give() -> Response:
    """Give a kiosk the next page of what concerns it."""
    wish = read_envelope(PullRequest())
    services = _services()
    page = pull(
        services.database,
        services.signer,
        key=bytes.fromhex(wish["key"]),
        text=wish["statement"],
        signature=bytes.fromhex(wish["signature"]),
    )
    return uncached(Response(page, mimetype=PARCEL_TYPE))


@doors.post("/deposit")
def take_deposit() -> Response:
    """Take back what the centre left with a kiosk."""
    if request.mimetype != PARCEL_TYPE:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{PARCEL_TYPE} expected")
    raw = read_body(PARCEL_WIRE_BYTES_MAX)
    services = _services()
    taken = take_back(services.database, services.central, services.signer, raw)
    return as_json({"fresh": taken.fresh, "whole": taken.whole})


def _services() -> Services:
    services: Services = current_app.extensions["redvest"]
    return services
