"""A home where the week is in, made once and copied."""

from pathlib import Path

import pytest

from server.config import Config
from server.services import Services, open_services
from tests.server.builders import ServerClock
from tests.server.bulletins.town import settle
from tests.server.conftest import CopyHome, Open


@pytest.fixture(scope="session")
def town_home(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is only copied."""
    import shutil

    home = tmp_path_factory.mktemp("town") / "home"
    shutil.copytree(template, home)
    clock = ServerClock()
    services = open_services(Config(home), clock.clock())
    settle(services, home.parent, clock)
    services.database.close()
    return home


@pytest.fixture
def town(town_home: Path, open_home: Open, copy_home: CopyHome, clock: ServerClock) -> Services:
    """A town of the test's own."""
    return open_home("town", source=town_home, clock=clock)
