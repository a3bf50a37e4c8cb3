"""Other web pages, in the same browser on the same device, get nothing and change nothing."""

import pytest

from kiosk.limits import SCREEN_BODY_BYTES_MAX
from tests.kiosk.web.conftest import HOST, Screen

SCAN = {"text": "V1", "typed": True, "direction": "auto"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8710", "127.0.0.1", "127.0.0.1:80", "[::1]:8710", ""]
)
def test_another_name_for_this_machine_gets_nothing(screen: Screen, host: str) -> None:
    for path in ("/", "/api/state", "/api/session", "/static/js/main.js", "/words/en.json"):
        reply = screen.get(path, host=host)
        assert (reply.status_code, reply.json["error"]["code"]) == (403, "wrong_host")
    assert screen.post("/api/scan", SCAN, host=host).status_code == 403


@pytest.mark.parametrize("host", [HOST, "localhost:8710"])
def test_our_own_names_are_served(screen: Screen, host: str) -> None:
    assert screen.get("/", host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_request_from_elsewhere_changes_nothing(screen: Screen, headers: dict[str, str]) -> None:
    reply = screen.post("/api/scan", SCAN, **headers)
    assert (reply.status_code, reply.json["error"]["code"]) == (403, "wrong_origin")
    assert screen.state()["duty"]["count"] == 0


def test_only_our_own_page_reads_the_token(screen: Screen) -> None:
    for site in ("cross-site", "same-site"):
        assert screen.get("/api/session", Sec_Fetch_Site=site).status_code == 403
    reply = screen.get("/api/session", Sec_Fetch_Site="same-origin")
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize("token", ["", "x", "\u5f00"])
def test_without_the_token_nothing_is_recorded(screen: Screen, token: str) -> None:
    screen.token = token.encode("utf-8").decode("latin-1")
    reply = screen.post("/api/scan", SCAN)
    assert (reply.status_code, reply.json["error"]["code"]) == (403, "stale_token")
    assert screen.state()["duty"]["count"] == 0


def test_a_form_of_another_page_cannot_post(screen: Screen) -> None:
    headers = {"Host": HOST, "X-Redvest-Token": screen.token}
    reply = screen.client.post("/api/scan", data=SCAN, headers=headers)
    assert reply.status_code == 415


def test_nothing_is_done_by_looking(screen: Screen) -> None:
    for path in ("/api/scan", "/api/undo", "/api/turn", "/api/sync", "/api/enrol"):
        assert screen.get(path).status_code == 405


def test_too_large_a_body_is_refused(screen: Screen) -> None:
    reply = screen.post("/api/scan", SCAN | {"text": "x" * SCREEN_BODY_BYTES_MAX})
    assert (reply.status_code, reply.json["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["/", "/api/state", "/static/base.css", "/static/vendor/zxing_reader.wasm", "/nothing"]
)
def test_every_answer_forbids_what_comes_from_elsewhere(screen: Screen, path: str) -> None:
    headers = screen.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/js/main.js", "text/javascript"),
        ("/static/vendor/zxing_reader.wasm", "application/wasm"),
    ],
)
def test_the_browser_is_told_what_things_are(screen: Screen, path: str, kind: str) -> None:
    assert screen.get(path).mimetype == kind
