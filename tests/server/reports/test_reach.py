"""A report of some dates reads their records and few others, and says the same as one that looks at all."""

import pytest
from sqlalchemy import text

from server.books.dates import local_day
from server.books.derive.beginnings import look
from server.books.hours import Span
from server.reports import prepare as preparing
from server.reports import reach
from server.reports.query import By, Only, Query
from server.reports.reach import count_read
from server.reports.report import read_report
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import START_MS, ServerClock
from tests.server.conftest import import_text
from tests.server.plans import plans

FIRST = local_day(START_MS)
STAYS = 12


@pytest.fixture
def nights(services: Services, clock: ServerClock, tmp_path: object) -> Desk:
    """Stays on twelve dates, each over midnight; at S1 somebody may be signed in for three days."""
    policy = "site,from,key,value\nS1,2026-01-01,open_ms_max,259200000\n"
    import_text(services, tmp_path, "policies", policy)  # type: ignore[arg-type] # a folder
    desk = make_desk(services, clock)
    for day in range(STAYS):
        desk.stay(f"V{day + 1}", 24 * day + 20, 24 * day + 29)
    desk.stay("V13", 24 * 2 + 1, 24 * 4 + 23)
    desk.sync(24 * STAYS + 12)
    derive(services)
    return desk


@pytest.mark.both_databases
def test_a_report_says_the_same_however_its_records_are_found(
    nights: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures() -> list[object]:
        with nights.services.database.read() as connection:
            asked = (
                Query(By.VOLUNTEER, span, only=only, before=before) for span, only, before in _ASKED
            )
            return [[(r.total, *r.rows) for r in [read_report(connection, q)]] for q in asked]

    monkeypatch.setattr(reach, "ways_worth", lambda *asked: look(*asked).ways)
    found = figures()
    monkeypatch.setattr(preparing, "ways_for", lambda *_: None)
    assert found == figures()


_ASKED = [
    *((Span(FIRST + day, FIRST + day), Only(), None) for day in range(STAYS)),
    (Span(FIRST + 4, FIRST + 4), Only(sites=("S1",)), None),
    (Span(FIRST + 4, FIRST + 9), Only(volunteers=("V13",)), None),
    (Span(FIRST + 4, FIRST + 5), Only(), Span(FIRST + 2, FIRST + 3)),
]


@pytest.mark.both_databases
def test_records_are_counted_without_being_read(nights: Desk) -> None:
    one, week = Span(FIRST, FIRST), Span(FIRST, FIRST + 6)
    with nights.services.database.read() as connection:

        def count(span: Span, most: int = 100, **only: tuple[str, ...]) -> int:
            return count_read(connection, Query(By.SITE, span, only=Only(**only)), most)

        assert count(one) == 1, "a stay that began later cannot touch it"
        assert count(Span()) == STAYS + 1
        assert count(week, most=3) == 3
        assert count(week, sites=("S2",)) == 0
        assert count(Span(), volunteers=("V13", "V1")) == 2


def test_the_records_of_some_dates_are_found_by_an_index(
    nights: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "ways_worth", lambda *asked: look(*asked).ways)
    day = Query(By.SITE, Span(FIRST + 4, FIRST + 4))
    with nights.services.database.read() as connection:
        found = "\n".join(plans(connection, lambda: list(read_report(connection, day).rows)))
        counted = "\n".join(plans(connection, lambda: count_read(connection, day, 10)))
    assert "SCAN derived.record" not in found
    assert "ix_derived_record_site" in found
    assert "COVERING INDEX ix_derived_record_site" in counted


def test_on_postgresql_blocks_say_when_their_records_began(services: Services) -> None:
    """SQLite pays for no index more."""
    with services.database.read() as connection:
        asked = text(
            "SELECT name FROM derived.sqlite_master WHERE name = 'ix_derived_record_began'"
        )
        assert connection.execute(asked).all() == []


def test_what_reads_too_much_is_refused_in_words(
    nights: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "REPORT_NOW_RECORDS_MAX", 1)
    with nights.services.database.read() as connection:
        reach.require_little(connection, Query(By.SITE, Span(FIRST, FIRST)))
        with pytest.raises(Refused) as refused:
            reach.require_little(connection, Query(By.SITE))
    assert refused.value.code == "too_large"
