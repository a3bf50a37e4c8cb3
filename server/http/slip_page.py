"""The page `/s`, which any phone opens from a slip's code: it posts what stands behind `#`, and says what came of it.

No cookie, no outside address, no inline script; the slip itself never is in an address that a server or proxy could log.
"""

from flask import Blueprint, Response

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

pages = Blueprint("slip_page", __name__, static_folder="slip_page", static_url_path="/s")


@pages.get("/s")
def page() -> Response:
    """Give the page."""
    return pages.send_static_file("slip.html")


@pages.after_request
def _guard(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
