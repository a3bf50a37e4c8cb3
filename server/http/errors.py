"""The one place that turns exceptions into answers: RFC 9457 problems with a stable code, and no personal data."""

import json
from collections.abc import Mapping

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from schemas.vocabulary import Code
from server.http import failures
from server.http.sync import SetAsideError
from sync.errors import Refused

STATUS = {
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA: 415,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.UNKNOWN_LOG: 403,
    Code.BAD_SIGNATURE: 403,
    Code.NOT_ENROLLED: 403,
    Code.STALE_PROOF: 403,
    Code.BAD_CODE: 403,
    Code.LOG_REVOKED: 403,
    Code.NO_RIGHT: 403,
    Code.NUMBER_NEEDED: 403,
    Code.ROLE_TOO_LOW: 403,
    Code.OWN_HOURS: 403,
    Code.OWN_ENTRY: 403,
    Code.CODE_USED: 409,
    Code.CHANGED_SINCE: 409,
    Code.CODE_EXPIRED: 410,
    Code.TOO_MANY_ATTEMPTS: 429,
    Code.QUOTA: 429,
    Code.TOO_MANY_RUNS: 429,
    Code.TRY_LATER: 503,
    Code.INTERNAL: 500,
}
"""HTTP status by code; every other code is 400."""

_OF_HTTP = {
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA,
    429: Code.TOO_MANY_ATTEMPTS,
}
_RETRY_S = {
    Code.TOO_MANY_ATTEMPTS: 900,
    Code.QUOTA: 3600,
    Code.TOO_MANY_RUNS: 60,
    Code.TRY_LATER: 60,
}
_KEPT_HEADERS = frozenset({"Allow"})
"""What an answer to a wrong method has to say (RFC 9110, 15.5.6)."""


class FieldsRefused(Refused):
    """Fields of a request are not as they have to be. errors: what is wrong with each, by where it was and its name."""

    def __init__(self, errors: Mapping[str, object]) -> None:
        """Keep what is wrong."""
        super().__init__(Code.BAD_FIELD, "see `errors`")
        self.errors = errors


def register(app: Flask, statuses: Mapping[Code, int] = STATUS) -> None:
    """Answer every error of this app as a problem. statuses: HTTP status by code; every other code is 400."""

    def refused(error: Refused) -> Response:
        return problem(statuses.get(error.code, 400), error.code, error.detail)

    def fields_refused(error: FieldsRefused) -> Response:
        status = statuses.get(error.code, 400)
        return problem(status, error.code, error.detail, errors=error.errors)

    app.register_error_handler(Refused, refused)
    app.register_error_handler(FieldsRefused, fields_refused)
    app.register_error_handler(SetAsideError, _set_aside)
    app.register_error_handler(HTTPException, _http)
    failures.register(app, problem)


def _set_aside(error: SetAsideError) -> Response:
    return problem(422, error.refusal.code, error.refusal.detail, kept=True)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = _OF_HTTP.get(status, Code.MALFORMED if status < 500 else Code.INTERNAL)
    answer = problem(status, code, error.name)
    for name, value in error.get_headers():
        if name in _KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def problem(
    status: int,
    code: Code,
    detail: str,
    *,
    kept: bool = False,
    errors: Mapping[str, object] | None = None,
) -> Response:
    """Give a problem as an answer. errors: what is wrong with which field."""
    body: dict[str, object] = {
        "type": f"urn:redvest:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": str(code),
        "detail": detail,
        "kept": kept,
    }
    if errors is not None:
        body["errors"] = errors
    answer = Response(json.dumps(body), status=status, mimetype="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    if code in _RETRY_S:
        answer.headers["Retry-After"] = str(_RETRY_S[code])
    return answer
