"""The doors for what others carry (`docs/protocol.md`, 16 and 17): bundle files, and slips of single entries."""

import tempfile
from collections.abc import Iterator
from shutil import copyfileobj
from typing import IO

from flask import Blueprint, Response, current_app, request

from schemas.carried import SlipRequest
from schemas.limits import BUNDLE_POST_BYTES_MAX
from schemas.vocabulary import Code
from server.http.bodies import as_json, read_envelope, uncached
from server.http.sync import SetAsideError
from server.intake import accept as accepting
from server.intake.take_slip import take_slip
from server.services import Services
from sync.errors import Refused

BUNDLE_TYPE = "application/vnd.redvest.bundle"
_IN_MEMORY_BYTES = 1_048_576
_PIECE_BYTES = 65_536

doors = Blueprint("carried", __name__, url_prefix="/sync/v1")


@doors.post("/bundle")
def bundle() -> Response:
    """Take in a bundle file that a courier posts; answer with the reply file."""
    if request.mimetype != BUNDLE_TYPE:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{BUNDLE_TYPE} expected")
    intake = accepting.intake_of(_services())
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        _spool(file)
        found = accepting.accept(intake, file)
    reply = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 # closed when it is sent
    try:
        for piece in accepting.reply_to(intake, found):
            reply.write(piece)
    except BaseException:
        reply.close()
        raise
    answer = Response(_pieces(reply), mimetype=BUNDLE_TYPE)
    answer.call_on_close(reply.close)
    answer.content_length = reply.tell()
    reply.seek(0)
    return uncached(answer)


@doors.post("/slip")
def slip() -> Response:
    """Take in the entry of a slip and give a receipt for it, once it is durable."""
    given = read_envelope(SlipRequest())
    services = _services()
    signer = services.signer
    now_ms = signer.clock.wall_ms()
    try:
        batch, taken = take_slip(services.database, given["slip"], services.turn, now_ms=now_ms)
    except Refused as refusal:
        if refusal.code is Code.BRANCH_LIMIT:
            raise SetAsideError(refusal) from refusal
        raise
    return as_json({"receipt": signer.receipt(batch), "fresh": taken.fresh})


def _spool(file: IO[bytes]) -> None:
    """Put the body on disk if it is large. Raise `Refused(too_large)`."""
    request.max_content_length = BUNDLE_POST_BYTES_MAX + 1  # one more: a stream is cut there
    copyfileobj(request.stream, file, _PIECE_BYTES)
    if file.tell() > BUNDLE_POST_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {BUNDLE_POST_BYTES_MAX} bytes")
    file.seek(0)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _services() -> Services:
    services: Services = current_app.extensions["redvest"]
    return services
