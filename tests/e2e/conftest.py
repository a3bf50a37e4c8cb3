"""A centre that was set up once, copied for each test that runs one."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from server.clock import system_clock
from server.config import Config
from server.services import open_services
from server.setup import set_up
from tests.e2e.browsers import launch
from tests.e2e.processes import Centre, Kiosk
from tests.server.conftest import (
    TABLES,
    all_postgresql_homes,
    cluster,
    import_text,
    postgresql_homes,
)

__all__ = ["all_postgresql_homes", "cluster", "postgresql_homes"]


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with keys, sites and volunteers."""
    home = tmp_path_factory.mktemp("ready") / "home"
    set_up(Config(home), system_clock())
    services = open_services(Config(home))
    for kind in ("regions", "teams", "sites", "posts", "volunteers"):
        import_text(services, home.parent, kind, TABLES[kind])
    services.database.close()
    return home


@pytest.fixture
def centre(ready_home: Path, tmp_path: Path) -> Iterator[Centre]:
    """A centre that is ready to be started."""
    made = Centre(Path(shutil.copytree(ready_home, tmp_path / "centre")))
    yield made
    made.close()


Enrolled = Callable[[str, str], Kiosk]


@pytest.fixture
def enrolled(centre: Centre, tmp_path: Path) -> Enrolled:
    """Make a kiosk of a name, enrolled at a site of the running centre."""

    def make(name: str, site: str) -> Kiosk:
        kiosk = Kiosk(tmp_path / name)
        code = centre.command("enrolment-code", site).data["code"]
        kiosk.done("enrol", code, "--server", centre.url)
        return kiosk

    return make


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers: one a process, for two of them get in each other's way."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose camera shows a moving pattern without any code."""
    made = launch(playwright.chromium)
    yield made
    made.close()
