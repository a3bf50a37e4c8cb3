"""A centre with a closed November, made once and copied, and runs there."""

import shutil
from pathlib import Path

import pytest

from server import create_app
from server.config import Config
from server.services import open_services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock, make_author
from tests.server.certificates.desk import LATE_H
from tests.server.conftest import Open
from tests.server.runs.desk import RunDesk

SERVED = 5
Closed = tuple[Path, int]
"""A home, and what time it is there."""


@pytest.fixture(scope="session")
def closed_home(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """A home where V1 to V5 served four hours each in a month that is closed; V7 never did. It is only copied."""
    home = Path(shutil.copytree(template, tmp_path_factory.mktemp("closed") / "home"))
    clock = ServerClock()
    services = open_services(Config(home), clock.clock())
    desk = make_desk(services, clock)
    for number in range(1, SERVED + 1):
        desk.stay(f"V{number}", 8 + 24 * number, 12 + 24 * number)
    desk.sync(LATE_H)
    desk.close()
    services.database.close()
    return home, clock.now_ms


@pytest.fixture
def runs(closed_home: Closed, open_home: Open, clock: ServerClock) -> RunDesk:
    """A copy of it."""
    home, clock.now_ms = closed_home
    services = open_home(source=home, clock=clock)
    client = create_app(services).test_client()
    return RunDesk(Desk(services, client, clock, make_author("nobody")))
