"""The screen without a browser: Flask's client, as our own page would ask."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk.app import Kiosk
from kiosk.store import open_store
from kiosk.web import create_app
from kiosk.web.here import Here
from kiosk.worker import Worker

PORT = 8710
HOST = f"127.0.0.1:{PORT}"


class Screen:
    """What the page can ask."""

    def __init__(self, here: Here) -> None:
        self.here = here
        self.app = create_app(here)
        self.client: FlaskClient = self.app.test_client()
        self.token = self.get("/api/session").json["token"]

    def get(self, path: str, host: str = HOST, **headers: str) -> Any:
        return self.client.get(path, headers={"Host": host, **named(headers)})

    def post(self, path: str, body: object, host: str = HOST, **headers: str) -> Any:
        given = {"Host": host, "X-Redvest-Token": self.token, **named(headers)}
        return self.client.post(path, json=body, headers=given)

    def scan(self, text: str, direction: str = "auto", *, typed: bool = False) -> Any:
        """Scan, and give the answer; it must be one."""
        reply = self.post("/api/scan", {"text": text, "typed": typed, "direction": direction})
        assert reply.status_code == 200, reply.json
        return reply.json

    def state(self) -> Any:
        """Give how the kiosk stands."""
        reply = self.get("/api/state")
        assert reply.status_code == 200, reply.json
        return reply.json


def named(headers: dict[str, str]) -> dict[str, str]:
    """Give headers their dashes."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


MakeScreen = Callable[[Kiosk], Screen]


@pytest.fixture
def make_screen() -> Iterator[MakeScreen]:
    """Make the screen of a kiosk; what it opened is closed at the end."""
    made: list[Screen] = []

    def make(kiosk: Kiosk) -> Screen:
        def open_it() -> Kiosk:
            return Kiosk(open_store(kiosk.home), kiosk.clock)

        worker = Worker(open_it, [sys.executable, "-c", ""], {}, os.urandom)
        made.append(Screen(Here(open_it, worker, frozenset({PORT}))))
        return made[-1]

    yield make
    for screen in made:
        screen.here.drop()


@pytest.fixture
def screen(enrolled: Kiosk, make_screen: MakeScreen) -> Screen:
    """The screen of a kiosk at work."""
    return make_screen(enrolled)
