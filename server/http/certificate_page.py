"""The public page `/c`: whether a certificate is good, by its number or by the code on it, for everybody and without an account.

What is shown of a person is masked; a number that nobody has is answered in the same shape as any other. No cookie, no outside
address, no inline script; the code stands behind `#`, and in no address that a server or proxy could log.

Questions are counted by source, in memory: nobody finds a number of fifty random bits by trying, so the counting only keeps the
page from costing much. A counter in the database would let strangers make the one writer of facts wait.
"""

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from flask_limiter import Limiter

from schemas.certificate import CheckRequest
from server.books.dates import iso_date, iso_time
from server.books.rounding import hours_of
from server.certificates.check import Checked, check
from server.http.bodies import as_json, read_envelope
from server.http.source import source_of
from server.limits import CERTIFICATE_CHECKS_ALL_MAX, CERTIFICATE_CHECKS_MAX
from server.services import Services

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOLDER = Path(__file__).parent / "certificate_page"


def register(app: Flask) -> None:
    """Put the page into an app, with counters of its own."""
    limiter = Limiter(lambda: source_of(request), app=app, storage_uri="memory://")
    each = limiter.limit(f"{CERTIFICATE_CHECKS_MAX} per hour")
    all_ = limiter.limit(f"{CERTIFICATE_CHECKS_ALL_MAX} per minute", key_func=lambda: "everybody")
    pages = Blueprint(
        "certificate_page", __name__, static_folder="certificate_page", static_url_path="/c/page"
    )
    pages.add_url_rule("/c", view_func=_page)
    pages.add_url_rule("/c/<number>", view_func=_page)
    pages.add_url_rule("/c/check", view_func=all_(each(_answer)), methods=["POST"])
    pages.after_request(_guard)
    app.register_blueprint(pages)


def _page(number: str = "") -> Response:  # noqa: ARG001 # the page reads it from its own address
    return send_from_directory(_FOLDER, "certificate.html")


def _answer() -> Response:
    """Say how a certificate stands."""
    asked = read_envelope(CheckRequest())["asked"]
    services: Services = current_app.extensions["redvest"]
    with services.database.read() as connection:
        found = check(connection, asked, services.signer.clock.wall_ms())
    return as_json(_told(found) | {"demo": services.central.clock.is_demo})


def _told(found: Checked) -> dict[str, object]:
    """Give what is shown: the same fields for every answer."""
    told: dict[str, object] = {"finding": str(found.finding), "key": str(found.key)}
    said = found.said
    if said is None:
        empty = ("number", "issuer", "name", "volunteer", "first", "last", "hours", "issued")
        return told | dict.fromkeys(empty, "") | {"minutes": 0}
    return told | {
        "number": said.number,
        "issuer": said.issuer,
        "name": said.name,
        "volunteer": said.volunteer,
        "first": iso_date(said.first_day),
        "last": iso_date(said.last_day),
        "hours": str(hours_of(said.minutes)),
        "issued": iso_time(said.issued_s * 1000)[:10],
        "minutes": said.minutes,
    }


def _guard(answered: Response) -> Response:
    answered.headers["Content-Security-Policy"] = _POLICY
    answered.headers["Referrer-Policy"] = "no-referrer"
    answered.headers["X-Content-Type-Options"] = "nosniff"
    answered.headers.setdefault("Cache-Control", "no-cache")
    return answered
