"""Keeps other web pages out of the screen: they could reach loopback through the browser of this device.

Four walls: the name in `Host` (DNS rebinding), `Origin` and `Sec-Fetch-Site` (requests from elsewhere), a token that only our
own page can read (CSRF), and a policy under which the page itself loads nothing from anywhere but here.
"""

import hmac

from flask import Blueprint, Flask, Response, request

from kiosk import VERSION
from kiosk.web.here import here
from kiosk.web.troubles import refusal

TOKEN_HEADER = "X-Redvest-Token"  # noqa: S105 - a name, not a token
_NAMES = ("127.0.0.1", "localhost")
_SAME = ("same-origin", "none")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "font-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), fullscreen=(self), screen-wake-lock=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def protect(app: Flask, *, token: str) -> None:
    """Put the walls up. token: of this run of the program."""
    sessions = Blueprint("session", __name__)

    @sessions.get("/api/session")
    def session() -> dict[str, str]:
        return {"token": token, "version": VERSION}

    @app.before_request
    def check() -> Response | None:
        if request.host not in _hosts():
            return refusal(403, "wrong_host")
        if request.headers.get("Sec-Fetch-Site", "none") not in _SAME and _is_inner():
            return refusal(403, "wrong_origin")
        if request.method in ("GET", "HEAD"):
            return None
        if request.headers.get("Origin") not in (None, *(f"http://{name}" for name in _hosts())):
            return refusal(403, "wrong_origin")
        given = request.headers.get(TOKEN_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
            return refusal(403, "stale_token")
        return None if request.mimetype == "application/json" else refusal(415, "wrong_usage")

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    app.register_blueprint(sessions)


def _hosts() -> set[str]:
    return {f"{name}:{port}" for name in _NAMES for port in here().ports}


def _is_inner() -> bool:
    """Tell whether this is anything but the page itself, which a link from elsewhere may open."""
    return request.path != "/" or request.method != "GET"
