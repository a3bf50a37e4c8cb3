"""A centre with a closed November, and runs there."""

import pytest

from server.services import Services
from tests.server.books.desk import make_desk
from tests.server.builders import ServerClock
from tests.server.certificates.desk import LATE_H
from tests.server.runs.desk import RunDesk

SERVED = 5


@pytest.fixture
def runs(services: Services, clock: ServerClock) -> RunDesk:
    """A centre where V1 to V5 served four hours each in a month that is closed; V7 never did."""
    desk = make_desk(services, clock)
    for number in range(1, SERVED + 1):
        desk.stay(f"V{number}", 8 + 24 * number, 12 + 24 * number)
    desk.sync(LATE_H)
    desk.close()
    return RunDesk(desk)
