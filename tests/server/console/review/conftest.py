"""A desk whose queue has one finding of each usual kind."""

import pytest

from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import START_MS, ServerClock

HOUR = 3_600_000


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """V2 never signed out, V3 only did, V4 stayed a minute, V5 sixteen hours; all at S1."""
    desk = make_desk(services, clock)
    desk.stay("V4", 8, 8.02)
    desk.stay("V2", 9, None)
    desk.kiosk.scan(START_MS + 10 * HOUR, "V3", "out")
    desk.stay("V5", 11, 27)
    desk.sync(40)
    return desk
