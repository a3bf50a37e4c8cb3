"""A server that expects the kiosks of the made-up week, to be copied."""

from pathlib import Path

import pytest

from server.config import Config
from server.services import open_services
from tests.server.books.world import World, make_world, prepare
from tests.server.builders import ServerClock


@pytest.fixture(scope="session")
def prepared(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the kiosks enrolled and nothing pushed."""
    import shutil

    home = tmp_path_factory.mktemp("prepared") / "home"
    shutil.copytree(template, home)
    clock = ServerClock()
    services = open_services(Config(home), clock.clock())
    prepare(services, clock)
    services.database.close()
    return home


@pytest.fixture(scope="session")
def world(prepared: Path) -> World:
    """The logs of the week, for the server of `prepared`."""
    services = open_services(Config(prepared), ServerClock().clock())
    made = make_world(services)
    services.database.close()
    return made
