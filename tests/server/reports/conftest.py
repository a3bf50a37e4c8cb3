"""A desk whose figures can be reported on."""

import pytest

from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import ServerClock


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk with stays of three people on two days; one has no end, one goes past midnight, one was typed."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V2", 8, 11, how="typed", state="typed", key=b"", serial=0, expires_s=0)
    found.stay("V3", 9, None)
    found.stay("V1", 22, 26)
    found.sync(30)
    return found
