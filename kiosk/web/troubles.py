"""How the screen is told that something did not happen: one shape, stable codes; the words are in `words/`."""

import traceback

import structlog
from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from kiosk.errors import Trouble
from kiosk.faults import Fault, fault_of
from kiosk.web.here import here
from schemas.vocabulary import Code

_log = structlog.get_logger("kiosk.web")
_STATUS = {
    Trouble.WRONG_USAGE: 400,
    Trouble.TOO_LATE: 409,
    Trouble.NOT_THERE: 409,
    Trouble.SYNC_RUNNING: 409,
    Trouble.LEAD_NEEDED: 401,
    Trouble.WRONG_PIN: 403,
    Trouble.LOCKED: 429,
    Trouble.WEAK_PIN: 400,
    Trouble.REASON_NEEDED: 400,
    Trouble.CONSENT_NEEDED: 400,
    Trouble.UNSENT: 409,
    Trouble.CARRYING: 409,
    Trouble.STICK_FAILED: 409,
    Code.NOT_ENROLLED: 409,
    Code.ALREADY_ENROLLED: 409,
    Code.BAD_CODE: 400,
    Trouble.STORE_BUSY: 503,
    Trouble.STORE_DAMAGED: 503,
    Trouble.STORE_KEY_MISSING: 503,
    Trouble.STORE_NEWER: 503,
    Trouble.DISK_FULL: 507,
    Trouble.READ_ONLY: 507,
    Trouble.IO_ERROR: 503,
}
_OF_STORE = frozenset(
    {Trouble.STORE_DAMAGED, Trouble.IO_ERROR, Trouble.READ_ONLY, Trouble.STORE_KEY_MISSING}
)
"""Troubles after which the store is opened anew."""


def refusal(status: int, code: str, detail: str = "") -> Response:
    """Give the one shape of a no."""
    response: Response = jsonify({"error": {"code": str(code), "detail": detail}})
    response.status_code = status
    return response


def handle(app: Flask) -> None:
    """Turn every exception into a no, in this one place."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return refusal(error.code or 500, _code_of_http(error.code or 500))
        fault = fault_of(error)
        return _ours(error) if fault is None else _named(fault)


def _named(fault: Fault) -> Response:
    if fault.code in _OF_STORE:
        here().drop()
    status = 503 if fault.later else _STATUS.get(fault.code, 502)  # type: ignore[call-overload] # a StrEnum is a str
    return refusal(status, fault.code, fault.detail)


def _ours(error: Exception) -> Response:
    """Say where it went wrong, without the values at hand: they can be what was scanned."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]]
    _log.error("internal", kind=type(error).__name__, where=where)
    here().drop()
    return refusal(500, Code.INTERNAL)


def _code_of_http(status: int) -> str:
    known = {404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED, 413: Code.TOO_LARGE}
    return str(known.get(status, Trouble.WRONG_USAGE if status < 500 else Code.INTERNAL))
