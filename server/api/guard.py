"""Who is let in: deny by default. A token in `Authorization`, no cookie, and no call without a right (THREATS 9, 14)."""

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.roles import Right
from server.accounts.account import read_account
from server.accounts.tokens import USED_EVERY_MS, find_token, note_used
from server.api.here import Caller, caller, now_ms, reading, require, services
from server.limits import API_CALLS_A_MINUTE
from server.models.staff import StaffAccount
from sync.errors import Refused

RIGHTS: dict[str, Right] = {}
"""The right that each call needs, by its endpoint. What is not here, and not open, is closed to everyone."""

OPEN = frozenset({"api-docs.openapi_json", "page.docs", "page.style"})
"""What needs no token: how the API is used."""

LIMIT = "API_LIMIT"
"""The setting of the app that a test may lower."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HSTS = "max-age=31536000; includeSubDomains"


def register(app: Flask) -> None:
    """Put the walls up."""
    app.config.setdefault(LIMIT, f"{API_CALLS_A_MINUTE}/minute")

    @app.before_request
    def let_in() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in OPEN:
            return
        with reading() as connection:
            g.caller = _caller(connection)
        needs = RIGHTS.get(endpoint)
        if needs is None:
            raise Refused(Code.NOT_FOUND)
        require(needs)
        _note_used(caller())

    _limit(app)

    @app.after_request
    def harden(answer: Response) -> Response:
        answer.headers.update(_HEADERS)
        if services().config.public_url.startswith("https://"):
            answer.headers["Strict-Transport-Security"] = _HSTS
        if answer.status_code == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="redvest"'
        return answer


def _limit(app: Flask) -> None:
    """Count calls by token. Each process counts for itself: with several workers a token may call several times as often."""
    limiter = Limiter(
        key_func=lambda: str(caller().token.id),
        app=app,
        application_limits=[lambda: app.config[LIMIT]],
        storage_uri="memory://",
        strategy="fixed-window",
        headers_enabled=True,
    )

    @limiter.request_filter
    def is_open() -> bool:
        return "caller" not in g


def _caller(connection: Connection) -> Caller:
    """Find who calls. Raise `Refused(bad_token)`, whatever is wrong with the token."""
    sent = request.authorization
    if sent is not None and sent.type == "bearer" and sent.token:
        token = find_token(connection, sent.token, now_ms())
        account = token and read_account(connection, StaffAccount.id == token.account)
        if token and account and account.active:
            return Caller(account, token)
    raise Refused(Code.BAD_TOKEN, "Authorization: Bearer rv_… expected, of an open account")


def _note_used(who: Caller) -> None:
    if who.token.used_ms < now_ms() - USED_EVERY_MS:
        with services().database.write_facts() as connection:
            note_used(connection, who.token, now_ms())
