"""Failures that nobody asked for: a body that is no HTTP, a database that is busy or away, and our own mistakes.

Each app says them in its own form.
"""

from collections.abc import Callable

import structlog
from flask import Flask, Response
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from schemas.vocabulary import Code
from server import logs
from server.database_errors import PASSING, Failing, failing

_log = structlog.get_logger()

Answer = Callable[[int, Code, str], Response]
"""Gives an answer from its HTTP status, its code and what there is to say."""


def register(app: Flask, answer: Answer) -> None:
    """Answer failures of this app, and write them down without anybody's data."""

    def broken(_error: ParseException) -> Response:
        """Answer a body of which the web server finds only when it is read that its chunks are none."""
        return answer(400, Code.MALFORMED, "the body is no HTTP")

    def busy(error: Exception, why: Failing = Failing.BUSY) -> Response:
        name = type(error).__name__
        _log.warning("database_later", error=name, why=str(why), at=logs.places(error))
        words = "the database is busy, full or does not answer, try again later"
        return answer(503, Code.TRY_LATER, words)

    def ours(error: Exception) -> Response:
        cause = type(getattr(error, "orig", error)).__name__
        _log.error("request_failed", error=type(error).__name__, cause=cause, at=logs.places(error))
        words = "our fault; what you sent is safe with you, try again later"
        return answer(500, Code.INTERNAL, words)

    def database(error: DBAPIError) -> Response:
        """Tell whose fault it is: a database that is busy, away or out of room is nobody's, and passes."""
        why = failing(error)
        return busy(error, why) if why in PASSING else ours(error)

    app.register_error_handler(ParseException, broken)
    app.register_error_handler(DBAPIError, database)
    app.register_error_handler(PoolTimeout, busy)
    app.register_error_handler(Exception, ours)
