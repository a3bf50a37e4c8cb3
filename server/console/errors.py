"""What goes wrong, as a page: what happened, what is safe, what to do. Codes are those of `docs/errors.md`."""

import structlog
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from schemas.vocabulary import Code
from server import logs
from server.database_errors import PASSING, failing
from server.http.errors import STATUS
from sync.errors import Refused

_log = structlog.get_logger()
_RETRY_S = "60"


def register(app: Flask) -> None:
    """Answer every error of the console as a page."""
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _ours)


def _stale(_error: CSRFError) -> Response:
    return _page(400, "stale_form", "")


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    codes = {403: "no_right", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    return _page(status, codes.get(status, "malformed" if status < 500 else "internal"), "")


def _refused(error: Refused) -> Response:
    return _page(STATUS.get(error.code, 400), str(error.code), error.detail)


def _database(error: DBAPIError) -> Response:
    return _busy(error) if failing(error) in PASSING else _ours(error)


def _busy(error: Exception) -> Response:
    _log.warning("database_later", error=type(error).__name__, at=logs.places(error))
    answer = _page(503, str(Code.TRY_LATER), "")
    answer.headers["Retry-After"] = _RETRY_S
    return answer


def _ours(error: Exception) -> Response:
    cause = type(getattr(error, "orig", error)).__name__
    _log.error("page_failed", error=type(error).__name__, cause=cause, at=logs.places(error))
    return _page(500, str(Code.INTERNAL), "")


def _page(status: int, code: str, detail: str) -> Response:
    is_part = bool(request.headers.get("HX-Request"))
    template = "error_part.html" if is_part else "error.html"
    return Response(render_template(template, code=code, detail=detail, status=status), status)
