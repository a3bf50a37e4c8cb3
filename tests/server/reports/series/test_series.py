"""What plots show follows from the same records, and adds up to the same totals."""

from collections import Counter
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.part import NOTHING
from server.books.hours import Span
from server.reports.prepare import prepare
from server.reports.query import By, Query
from server.reports.series import by_day as days
from server.reports.series import by_site as sites
from server.reports.series.by_day import by_day
from server.reports.series.by_site import by_site
from server.reports.series.heat import heat
from server.reports.series.outliers import median_of, outliers
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, enrol_at, make_author, push
from tests.server.reports.test_agreement import MONDAY

pytestmark = pytest.mark.both_databases
ALL = Query(By.SITE)


def hours_of(services: Services, query: Query = ALL) -> dict[tuple[int, int], int]:
    """Minutes of presence by weekday and hour, where there are any."""
    with services.database.read() as connection:
        return {
            (c.weekday, c.hour): c.minutes
            for c in heat(connection, prepare(connection, query))
            if c.minutes
        }


def test_days_carry_the_figures_of_their_report(desk: Desk) -> None:
    with desk.services.database.read() as connection:
        found = by_day(connection, prepare(connection, ALL))
    assert [(p.day, p.records, p.credited, p.state) for p in found] == [
        ("2026-11-02", 4, 540, "provisional"),
        ("2026-11-03", 0, 120, "provisional"),
    ]


def test_more_days_than_a_plot_can_show_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "SERIES_DAYS_MAX", 1)
    with desk.services.database.read() as connection, pytest.raises(Refused):
        by_day(connection, prepare(connection, ALL))


def test_small_sites_are_shown_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    far = make_author("far")
    enrol_at(desk.services, far, "S2")
    far.boot(START_MS)
    far.scan(START_MS + 8 * HOUR_MS, "V9")
    far.scan(START_MS + 9 * HOUR_MS, "V9", "out")
    far.contact(START_MS + 10 * HOUR_MS, desk.services.signer.keys.identity)
    assert push(desk.client, far.batch()).status_code == 200
    derive(desk.services)
    with desk.services.database.read() as connection:
        both = by_site(connection, prepare(connection, ALL))
        monkeypatch.setattr(sites, "SERIES_SITES_MAX", 1)
        one = by_site(connection, prepare(connection, ALL))
    assert [(p.site, p.credited) for p in both.sites] == [("S1", 660), ("S2", 60)]
    assert (both.others, both.others_credited) == (0, 0)
    assert [p.site for p in one.sites] == ["S1"]
    assert (one.others, one.others_records, one.others_credited) == (1, 1, 60)


def test_heat_counts_minutes_of_presence_in_each_hour_of_the_week(desk: Desk) -> None:
    desk.stay("V5", 33.5, 35.25)
    desk.sync(36)
    expected = {(0, hour): 60 for hour in (11, 22, 23)} | {(0, hour): 120 for hour in (8, 9, 10)}
    expected |= {(1, 0): 60, (1, 1): 60, (1, 9): 30, (1, 10): 60, (1, 11): 15}
    assert hours_of(desk.services) == expected
    tuesday = Query(By.SITE, Span(MONDAY + 1, MONDAY + 1))
    assert hours_of(desk.services, tuesday) == {k: v for k, v in expected.items() if k[0] == 1}
    assert hours_of(desk.services, Query(By.SITE, part=NOTHING)) == {}
    with desk.services.database.read() as connection:
        cells = heat(connection, prepare(connection, ALL))
    assert len(cells) == 168
    assert [(c.dates, c.people_e2) for c in cells if (c.weekday, c.hour) == (0, 8)] == [(1, 200)]


def test_who_is_far_above_the_median_of_their_site_is_named(desk: Desk) -> None:
    for number in range(4, 10):
        desk.stay(f"V{number}", 34, 35)
    desk.sync(36)
    with desk.services.database.read() as connection:
        found = outliers(connection, prepare(connection, ALL))
        assert outliers(connection, prepare(connection, Query(By.SITE, part=NOTHING))) == []
    told = [(o.volunteer, o.minutes, o.median, o.times_e2, o.people) for o in found]
    assert told == [("V1", 480, 60, 800, 8), ("V2", 180, 60, 300, 8)]


def test_a_site_of_few_people_has_no_outliers(desk: Desk) -> None:
    with desk.services.database.read() as connection:
        assert outliers(connection, prepare(connection, ALL)) == []


@given(values=st.lists(st.integers(0, 9), min_size=1))
def test_the_median_is_the_lower_one(values: list[int]) -> None:
    assert median_of(Counter(values)) == median_low(values)
