"""Who is let in, and what a page may load: deny by default, and nothing from anywhere but here (THREATS 9, 13, 14)."""

from collections.abc import Iterator
from secrets import token_urlsafe

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from server.config import Config
from server.console.pages import RIGHTS
from server.limits import ROW_NUMBER_MAX

OPEN = frozenset({"static", "console_words.language"})
"""What needs no account, besides signing in itself."""
_SIGNING_IN = "security."
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_HSTS = "max-age=31536000; includeSubDomains"


def register(app: Flask, config: Config) -> None:
    """Put the walls up."""
    elsewhere = f" {config.oidc_issuer}/" if config.oidc_issuer else ""

    @app.before_request
    def make_nonce() -> None:
        g.nonce = token_urlsafe(16)

    @app.before_request
    def refuse_what_nothing_holds() -> None:
        if any("\0" in text for text in _texts()):
            abort(400)
        numbers = (value for value in (request.view_args or {}).values() if isinstance(value, int))
        if "\0" in request.path or any(number > ROW_NUMBER_MAX for number in numbers):
            abort(404)

    @app.before_request
    def let_in() -> AnyResponse | None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in OPEN or endpoint.startswith(_SIGNING_IN):
            return None
        if not current_user.is_authenticated:
            if request.method == "POST" and "HX-Request" not in request.headers:
                abort(401)  # what was typed would be gone without a word
            return _to_sign_in()
        needs = RIGHTS.get(endpoint)
        if needs is None:
            abort(404)
        if not current_user.may(needs):
            abort(403)
        return None

    @app.after_request
    def harden(answer: Response) -> Response:
        answer.headers.update(_HEADERS)
        answer.headers["Content-Security-Policy"] = _policy(g.get("nonce", ""), elsewhere)
        if app.session_interface.get_cookie_secure(app):
            answer.headers["Strict-Transport-Security"] = _HSTS
        if request.endpoint != "static":
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _texts() -> Iterator[str]:
    """Give every text that a request brings: no database looks for, or keeps, one with a NUL in it."""
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value


def _to_sign_in() -> AnyResponse:
    """Lead to signing in, and afterwards back: also from a part of a page that was to be put in place."""
    if request.headers.get("HX-Request"):
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("security.login")
        return answer
    behind = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=behind))


def _policy(nonce: str, elsewhere: str) -> str:
    """elsewhere: where a form may lead on to besides here, the provider of single sign-on, with a space before it."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            f"form-action 'self'{elsewhere}",
            "frame-ancestors 'none'",
        )
    )
