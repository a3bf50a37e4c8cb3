"""What a report counts, within which part, narrowed to what, and how far it can be relied on."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from server.access.part import NOTHING as NO_PART
from server.access.part import Part
from server.books.hours import Span
from server.reports import figures as kinds
from server.reports.figures import State
from server.reports.query import By, Only, Query
from server.reports.report import Report, open_report
from sync.errors import Refused
from tests.server.books.desk import Desk
from tests.server.builders import enrol_at, make_author, push
from tests.server.conftest import import_text
from tests.server.reports.asking import ask, figures, unseen
from tests.server.reports.test_agreement import MONDAY

pytestmark = pytest.mark.both_databases

MONDAY_ROW = (3, 4, 240 + 180 + 120, 0, 0)


def test_people_records_and_minutes_are_three_figures(desk: Desk) -> None:
    assert figures(desk.services, By.SITE) == {"S1": (3, 4, 240 + 180 + 240, 0, 0)}
    assert figures(desk.services, By.TEAM) == {
        "T1": (1, 1, 180, 0, 0),
        "T2": (2, 3, 240 + 240, 0, 0),
    }


def test_a_night_is_counted_once_and_its_minutes_on_their_dates(desk: Desk) -> None:
    assert figures(desk.services, By.DAY) == {MONDAY: MONDAY_ROW, MONDAY + 1: (0, 0, 120, 0, 0)}


def test_a_stay_that_began_before_the_span_counts_on_its_first_date(desk: Desk) -> None:
    tuesday = Span(MONDAY + 1, MONDAY + 1)
    assert figures(desk.services, By.DAY, span=tuesday) == {MONDAY + 1: (1, 1, 120, 0, 0)}
    assert figures(desk.services, By.MONTH, span=tuesday) == {202_611: (1, 1, 120, 0, 0)}


def test_minutes_stand_by_the_grade_of_their_evidence(desk: Desk) -> None:
    rows, total = ask(desk.services, By.VOLUNTEER)
    graded = {row.key: (row.now.b, row.now.d, row.now.grade) for row in rows}
    assert graded == {"V1": (480, 0, "B"), "V2": (0, 180, "D"), "V3": (0, 0, "")}
    assert (total.now.b, total.now.d, total.now.grade) == (480, 180, "D")
    only = Only(grades=("D",))
    assert figures(desk.services, By.VOLUNTEER, only=only) == {"V2": (1, 1, 180, 0, 0)}


def test_a_report_is_provisional_then_complete_then_final(desk: Desk) -> None:
    def state() -> tuple[State, int, int]:
        _, total = ask(desk.services, By.SITE)
        return total.now.state, total.now.low, total.now.high

    desk.stay("V4", 30.5, None)
    desk.sync(31)
    low = 240 + 180 + 240
    assert state() == (State.PROVISIONAL, low, low + 24 * 60)
    desk.sync(29 * 24 + 1)
    assert state() == (State.COMPLETE, low, low)
    desk.close()
    assert state() == (State.FINAL, low, low)


def test_a_report_names_the_kiosks_that_it_waits_for(desk: Desk) -> None:
    with open_report(desk.services.database, Query(By.SITE), unseen) as report:
        assert report.out == (desk.kiosk.log,)
    desk.sync(29 * 24 + 1)
    with open_report(desk.services.database, Query(By.SITE), unseen) as report:
        assert report.out == ()


def test_a_total_waits_for_kiosks_from_which_nothing_has_come(desk: Desk) -> None:
    enrol_at(desk.services, make_author("silent"), "S2")
    desk.sync(29 * 24 + 1)
    rows, total = ask(desk.services, By.SITE)
    assert [row.now.state for row in rows] == [State.COMPLETE]
    assert (total.now.state, total.now.as_of) == (State.PROVISIONAL, None)
    _, total = ask(desk.services, By.SITE, only=Only(sites=("S1",)))
    assert total.now.state is State.COMPLETE
    _, total = ask(desk.services, By.SITE, only=Only(posts=("P1",)))
    assert total.now.state is State.COMPLETE


def test_dates_without_a_record_are_incomplete_while_their_kiosk_is_out(desk: Desk) -> None:
    later = Span(MONDAY + 10, MONDAY + 12)
    rows, total = ask(desk.services, By.SITE, later)
    assert (rows, total.now.records, total.now.state) == ([], 0, State.PROVISIONAL)
    assert str(total.now.as_of).startswith("2026-11-03T05:59:59")
    desk.sync(29 * 24 + 1)
    _, total = ask(desk.services, By.SITE, later)
    assert total.now.state is State.COMPLETE


def test_a_closed_month_waits_for_nobody(desk: Desk) -> None:
    desk.close(why="it was lost")
    november = Span(MONDAY, MONDAY + 20)
    _, total = ask(desk.services, By.SITE, november)
    assert total.now.state is State.FINAL
    _, total = ask(desk.services, By.SITE, Span(MONDAY, MONDAY + 40))
    assert total.now.state is State.PROVISIONAL


def test_nobody_sees_beyond_their_part(desk: Desk) -> None:
    services = desk.services
    elsewhere = make_author("elsewhere")
    enrol_at(services, elsewhere, "S2")
    elsewhere.boot(desk.clock.now_ms)
    assert push(desk.client, elsewhere.batch()).status_code == 200
    for by in By:
        rows, total = ask(services, by, part=NO_PART)
        assert (rows, total.now) == ([], kinds.NOTHING)
        rows, _ = ask(services, by, part=Part(sites=frozenset({"S2"})))
        assert rows == []
    mine = Part(teams=frozenset({"T1"}))
    assert figures(services, By.VOLUNTEER, part=mine) == {"V2": (1, 1, 180, 0, 0)}
    with open_report(services.database, Query(By.SITE, part=NO_PART), unseen) as report:
        assert report.out == ()


def test_categories_overlap_and_their_total_does_not(desk: Desk, tmp_path: Path) -> None:
    table = "number,name,categories\nV1,志愿者1,党员;学生\nV2,志愿者2,学生\n"
    import_text(desk.services, tmp_path, "volunteers", table)
    rows = figures(desk.services, By.CATEGORY)
    assert rows == {
        "": (1, 1, 0, 0, 0),
        "党员": (1, 2, 480, 0, 0),
        "学生": (2, 3, 660, 0, 0),
    }
    _, total = ask(desk.services, By.CATEGORY)
    assert tuple(total.now[:3]) == (3, 4, 660)
    only = Only(categories=("党员",))
    assert set(figures(desk.services, By.CATEGORY, only=only)) == {"党员", "学生"}, (
        "of the same people"
    )
    assert figures(desk.services, By.VOLUNTEER, only=only) == {"V1": (1, 2, 480, 0, 0)}


def test_a_category_counts_from_the_day_it_holds(desk: Desk, tmp_path: Path) -> None:
    for day, categories in ((0, "学生"), (MONDAY + 1, "党员")):
        table = f"number,name,categories\nV1,志愿者1,{categories}\n"
        import_text(desk.services, tmp_path, "volunteers", table, day)
    assert figures(desk.services, By.CATEGORY)["学生"] == (1, 2, 480, 0, 0)


def test_a_region_brings_those_below_it(desk: Desk, tmp_path: Path) -> None:
    import_text(desk.services, tmp_path, "regions", "code,name,parent\nR1,浉河区,R0\nR0,信阳市,\n")
    for region in ("R0", "R1"):
        only = Only(regions=(region,))
        assert figures(desk.services, By.REGION, only=only)["R1"][1] == 4, region
    assert figures(desk.services, By.REGION, only=Only(regions=("R9",))) == {}


def test_two_periods_stand_side_by_side(desk: Desk) -> None:
    rows, total = ask(
        desk.services,
        By.VOLUNTEER,
        span=Span(MONDAY + 1, MONDAY + 1),
        before=Span(MONDAY, MONDAY),
    )
    both = {row.key: (row.now.credited, row.before and row.before.credited) for row in rows}
    assert both == {"V1": (120, 360), "V2": (0, 180), "V3": (0, 0)}
    assert (total.now.credited, total.before and total.before.credited) == (120, 540)


@pytest.mark.parametrize("by", [By.DAY, By.MONTH])
def test_dates_of_two_periods_are_not_compared(by: By) -> None:
    with pytest.raises(Refused):
        Query(by, before=Span(1, 2))


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refused):
        Query(By.SITE, Span(2, 1))


def test_names_are_masked_until_their_reading_was_noted(desk: Desk) -> None:
    rows, _ = ask(desk.services, By.VOLUNTEER)
    assert rows[0].name == "志*1"
    noted: list[tuple[str, int]] = []

    def note(_connection: Connection, report: Report) -> None:
        noted.append((report.query.purpose, report.total.now.people))

    query = Query(By.VOLUNTEER, purpose="表彰核对")
    with open_report(desk.services.database, query, note) as report:
        assert next(report.rows).name == "志愿者1"
    assert noted == [("表彰核对", 3)]


def test_what_cannot_be_noted_is_not_read(desk: Desk) -> None:
    query = Query(By.VOLUNTEER, purpose="表彰核对")
    with (
        pytest.raises(AssertionError),
        open_report(desk.services.database, query, unseen) as report,
    ):
        pytest.fail(f"read: {next(report.rows)}")
