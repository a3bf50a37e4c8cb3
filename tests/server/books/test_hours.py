"""Hours by date: where a stay across midnight counts."""

import pytest

from server.books.hours import FIRST_DAY, By, Span, read_hours
from server.services import Services
from tests.server.books.desk import make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock

pytestmark = pytest.mark.both_databases

MONDAY = START_MS // DAY_MS + 1


def test_a_stay_that_began_before_the_span_counts_on_its_first_date(
    services: Services, clock: ServerClock
) -> None:
    """B13: minutes go to their local dates; there is no row before `--from`."""
    desk = make_desk(services, clock)
    desk.stay("V1", 23, 26)
    desk.sync(30)
    said = {}
    for first in (FIRST_DAY, MONDAY, MONDAY + 1):
        with services.database.read() as connection:
            rows = read_hours(connection, By.DAY, Span(first, MONDAY + 9))
        said[first] = [
            (row["day"], row["people"], row["records"], row["minutes_credited"]) for row in rows
        ]
    whole = [("2026-11-02", 1, 1, 60), ("2026-11-03", 0, 0, 120)]
    assert said[FIRST_DAY] == said[MONDAY] == whole
    assert said[MONDAY + 1] == [("2026-11-03", 1, 1, 120)]
