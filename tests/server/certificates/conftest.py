"""A centre with a closed November."""

import pytest

from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock
from tests.server.certificates.desk import LATE_H


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk after November, with stays of two people, one of another that nobody ended; nothing is closed."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V1", 32, 35)
    found.stay("V2", 16, 19)
    found.stay("V3", 9, None)
    found.sync(LATE_H)
    return found


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """The same, closed."""
    desk.close()
    return desk
