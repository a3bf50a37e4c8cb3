"""Requests that come twice: a POST with an `Idempotency-Key` is done once, and its repetition is told the same.

A refusal changes nothing, so its key is free again. What stopped on the way (a server that was killed) holds its key for two
minutes; then the request may come again: the use cases themselves do nothing twice.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from re import fullmatch
from typing import ParamSpec

import msgspec
from cryptography.fernet import Fernet
from flask import Response, request
from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, text, update

from schemas.vocabulary import Code
from server.api.here import caller, now_ms, services
from server.http.bodies import read_body
from server.keys import derive_secret, read_console_key
from server.limits import API_ANSWER_KEPT_MS, API_ANSWER_STUCK_MS, API_BODY_BYTES_MAX
from server.models.token import GivenAnswer
from sync.errors import Refused

P = ParamSpec("P")
HEADER, TOLD_AGAIN = "Idempotency-Key", "Idempotency-Replayed"
KEY = r"[0-9A-Za-z_-]{8,64}"
_KEPT = ("Content-Type", "Content-Disposition", "ETag", "Location")
"""Headers of an answer that its repetition has, too."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with its key. account: whose. digest: over what it asks."""

    account: int
    key: str
    digest: bytes


def once(view: Callable[P, Response]) -> Callable[P, Response]:
    """Do what a request asks once for each key. Raise `Refused`: `key_needed`, `key_reused`, `key_in_use`."""

    @wraps(view)
    def call(*args: P.args, **kwargs: P.kwargs) -> Response:
        asked = _asked()
        given = _take(asked)
        if given is not None:
            return given
        try:
            answer = view(*args, **kwargs)
        except BaseException:
            _forget(asked)
            raise
        _keep(asked, answer)
        return answer

    return call


def _asked() -> _Asked:
    key = request.headers.get(HEADER, "")
    if not fullmatch(KEY, key):
        raise Refused(Code.KEY_NEEDED, f"{HEADER}: {KEY} expected")
    what = (
        request.method,
        request.full_path,
        request.headers.get("If-Match", ""),
        request.mimetype,
        read_body(API_BODY_BYTES_MAX, keeps=True),
    )
    return _Asked(caller().account.id, key, sha256(msgspec.msgpack.encode(what)).digest())


def _take(asked: _Asked) -> Response | None:
    """Take a key for this request; or give what was answered before."""
    now = now_ms()
    with services().database.write_facts() as connection:
        _drop_old(connection, asked, now)
        row = {"account": asked.account, "key": asked.key, "request": asked.digest, "now": now}
        if connection.execute(_TAKE, row).rowcount:
            return None
        held = connection.execute(select(GivenAnswer).where(*_its(asked))).one()
    if bytes(held.request) != asked.digest:
        raise Refused(Code.KEY_REUSED, "this key was used for another request")
    if not held.status:
        raise Refused(Code.KEY_IN_USE, "this request is being worked on")
    return _unsealed(bytes(held.sealed), held.status)


def _drop_old(connection: Connection, asked: _Asked, now: int) -> None:
    """Free a key whose answer is no longer kept, or whose request never ended."""
    stuck = and_(GivenAnswer.status == 0, GivenAnswer.begun_ms < now - API_ANSWER_STUCK_MS)
    is_old = or_(GivenAnswer.begun_ms < now - API_ANSWER_KEPT_MS, stuck)
    connection.execute(delete(GivenAnswer).where(*_its(asked), is_old))


def _forget(asked: _Asked) -> None:
    """Free the key of a request that did nothing."""
    with services().database.write_facts() as connection:
        connection.execute(delete(GivenAnswer).where(*_its(asked), GivenAnswer.status == 0))


def _keep(asked: _Asked, answer: Response) -> None:
    """Keep what a request was answered."""
    headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    sealed = _seal().encrypt(msgspec.msgpack.encode((headers, answer.get_data())))
    done = {"status": answer.status_code, "sealed": sealed}
    with services().database.write_facts() as connection:
        connection.execute(update(GivenAnswer).where(*_its(asked)).values(done))


def _unsealed(sealed: bytes, status: int) -> Response:
    plain = _seal().decrypt(sealed)
    headers, body = msgspec.msgpack.decode(plain, type=tuple[dict[str, str], bytes])
    answer = Response(body, status)
    answer.headers.update(headers)
    answer.headers[TOLD_AGAIN] = "true"
    return answer


def _seal() -> Fernet:
    key = derive_secret(read_console_key(services().config.keys), "given answers")
    return Fernet(urlsafe_b64encode(key))


def _its(asked: _Asked) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return GivenAnswer.account == asked.account, GivenAnswer.key == asked.key


_TAKE = text(
    "INSERT INTO given_answer (account, key, request, begun_ms, status, sealed) "
    "VALUES (:account, :key, :request, :now, 0, :empty) ON CONFLICT DO NOTHING"
).bindparams(empty=b"")
