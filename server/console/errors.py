"""What goes wrong, as a page: what happened, what is safe, what to do. Codes are those of `docs/errors.md`."""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from schemas.vocabulary import Code
from server.http import failures
from server.http.errors import STATUS
from sync.errors import Refused

_RETRY_S = "60"


def register(app: Flask) -> None:
    """Answer every error of the console as a page."""
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    failures.register(app, _failed)


def _stale(_error: CSRFError) -> Response:
    return _page(400, "stale_form", "")


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    codes = {
        401: "signed_out",
        403: "no_right",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
    }
    return _page(status, codes.get(status, "malformed" if status < 500 else "internal"), "")


def _refused(error: Refused) -> Response:
    return _page(STATUS.get(error.code, 400), str(error.code), error.detail)


def _failed(status: int, code: Code, _words: str) -> Response:
    """The page has words of its own for it, in both languages."""
    answer = _page(status, str(code), "")
    if code is Code.TRY_LATER:
        answer.headers["Retry-After"] = _RETRY_S
    return answer


def _page(status: int, code: str, detail: str) -> Response:
    is_part = bool(request.headers.get("HX-Request"))
    template = "error_part.html" if is_part else "error.html"
    return Response(render_template(template, code=code, detail=detail, status=status), status)
