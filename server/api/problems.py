"""The HTTP status of each code at the API. The answers are those of the doors (`server/http/errors.py`): RFC 9457."""

from flask import Flask, Response
from flask_limiter.errors import RateLimitExceeded

from schemas.vocabulary import Code
from server.http import errors

STATUS = {
    **errors.STATUS,
    Code.BAD_FIELD: 422,
    Code.BAD_TOKEN: 401,
    Code.TOO_MANY_CALLS: 429,
    Code.KEY_NEEDED: 400,
    Code.KEY_REUSED: 422,
    Code.KEY_IN_USE: 409,
    Code.SEEN_NEEDED: 428,
    Code.CHANGED_SINCE: 412,
    Code.ALREADY_DECIDED: 409,
    Code.SECOND_NEEDED: 409,
    Code.SAME_PERSON: 409,
    Code.NOT_MERGED: 404,
    Code.NOT_OVER: 409,
    Code.REASON_NEEDED: 422,
    Code.TOTALS_DIFFER: 409,
    Code.ANSWERED: 409,
    Code.ALREADY_ENROLLED: 409,
    Code.UNKNOWN_LOG: 404,
    Code.NOTHING_CONFIRMED: 409,
    Code.STILL_UP: 409,
    Code.CONCLUDED: 409,
    Code.GLYPH_MISSING: 422,
    Code.DOES_NOT_FIT: 422,
    Code.FONT_MISSING: 503,
}
"""HTTP status by code; every other code is 400."""


def register(app: Flask) -> None:
    """Answer every error of the API as a problem."""
    errors.register(app, STATUS)
    app.register_error_handler(RateLimitExceeded, _too_many)


def _too_many(error: RateLimitExceeded) -> Response:
    return errors.problem(429, Code.TOO_MANY_CALLS, f"at most {error.limit.limit}")
