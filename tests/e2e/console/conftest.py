"""A console in front of a small county, and a real browser in which any role is signed in."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from server import create_app
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.config import Config
from server.console import create_console
from server.services import Services, open_services
from server.setup import set_up
from tests.e2e.console.county import make_county
from tests.server.builders import ServerClock
from tests.server.conftest import TABLES, import_text
from tests.server.staff import hire, signed_in

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True, slots=True)
class Console:
    """A console that listens. app: its pages, to ask for routes; url: where it is."""

    services: Services
    app: Flask
    url: str
    clock: ServerClock


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console over a county with something of everything; tests that change much make their own (`serve`)."""
    home = tmp_path_factory.mktemp("county") / "home"
    clock = ServerClock()
    set_up(Config(home), clock.clock())
    services = open_services(Config(home), clock.clock())
    for kind, text in TABLES.items():
        import_text(services, home.parent, kind, text)
    make_county(services, clock, home.parent)
    with serve(services, clock) as console:
        yield console
    services.database.close()


class serve:  # noqa: N801 # a context manager, used like a function
    """Serve everything on a free port of this machine, from a thread."""

    def __init__(self, services: Services, clock: ServerClock) -> None:
        self._server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
        url = f"http://127.0.0.1:{self._server.server_port}"
        self._console = Console(services, create_console(services), url, clock)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Console:
        self._thread.start()
        return self._console

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser) -> Iterator[SignIn]:
    """Open a page in which somebody of a role is signed in. What goes wrong in it is kept in `page.troubles`."""
    contexts: list[BrowserContext] = []

    def open_page(
        console: Console,
        grant: Grant,
        *,
        size: str = "desk",
        language: str = "zh-CN",
        name: str = "",
    ) -> Page:
        name = name or f"e2e.{grant.role}.{len(contexts)}"
        _hire_once(console.services, name, grant)
        cookie = signed_in(console.app, name).get_cookie("redvest")
        assert cookie is not None
        context = browser.new_context(
            viewport=SIZES[size], locale=language, reduced_motion="reduce"
        )  # type: ignore[arg-type] # two numbers
        contexts.append(context)
        context.add_cookies([{"name": "redvest", "value": cookie.value, "url": console.url}])
        page = context.new_page()
        watch(page, console.url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _hire_once(services: Services, name: str, grant: Grant) -> None:
    from sqlalchemy import select

    from server.models.staff import StaffAccount

    with services.database.read() as connection:
        there = connection.scalar(select(StaffAccount.id).where(StaffAccount.name == name))
    if there is None:
        hire(services, name, grant, number="V14")


TROUBLES: dict[Page, list[str]] = {}
"""What each page's console said, and what it asked for elsewhere."""


def watch(page: Page, url: str) -> None:
    """Keep what goes wrong in a page: errors, reports of the policy, requests to elsewhere."""
    troubles = TROUBLES[page] = []
    page.on(
        "console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda e: troubles.append(str(e)))
    page.on(
        "request",
        lambda r: troubles.append(r.url) if not r.url.startswith((url, "data:")) else None,
    )


CITY = Grant(StaffRole.CITY, Over.ALL)
DISTRICT = Grant(StaffRole.DISTRICT, Over.REGION, "R1")
ADMINISTRATOR = Grant(StaffRole.ADMINISTRATOR, Over.ALL)


def pictures() -> Path | None:
    """Give the folder for pictures, if somebody wants to look at them (PICTURES=folder)."""
    import os

    named = os.environ.get("PICTURES", "")
    return Path(named) if named else None
