"""Reports by program: their totals are those of `hours`, names leave only for a purpose, saved ones are one's own."""

import csv
from io import BytesIO, StringIO
from itertools import count
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from schemas.vocabulary import Action
from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.api import create_api
from server.api.guard import LIMIT
from server.books.hours import By as HoursBy
from server.books.hours import Span, read_hours
from server.jobs.reports import reports as make_reports
from server.reports import hand_out, reach
from server.reports.query import By
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.api.test_work import done
from tests.server.books.desk import Desk, make_desk
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import Open
from tests.server.reports.test_agreement import DECEMBER_H, STAYS, TYPED
from tests.server.staff import EVERYWHERE, hire

MINUTES = ("minutes_credited", "minutes_held", "minutes_refused")
WEEK = {"from": "2026-11-02", "to": "2026-11-08"}
_names = count()


@pytest.fixture
def city(town: Desk, program: Programs) -> Program:
    """A program that may do everything, where people served."""
    return program(StaffRole.CITY)


def rows_of(program: Program, *, at_once: int = 200, **asked: Any) -> list[dict[str, Any]]:
    """Read a report to its end, so many rows at a time."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        told = done(program.get("/reports", limit=at_once, cursor=cursor, **asked))
        found += told["items"]
        cursor = told["next"]
        if cursor is None:
            return found


def readings(desk: Desk) -> list[tuple[Any, ...]]:
    """Give what was noted: what, about, how many people, what for."""
    return desk.rows("SELECT what, about, people, purpose FROM reading")


def require_agreement(desk: Desk, program: Program) -> None:
    """Compare reports by whatever key, their totals, and `hours`: all of them say the same."""
    totals = []
    for by in By:
        rows = rows_of(program, by=by)
        told = done(program.get("/reports/total", by=by))["total"]["now"]
        assert len({row["key"] for row in rows}) == len(rows)
        if by is not By.CATEGORY:
            for name in (*MINUTES, "records"):
                assert sum(row["now"][name] for row in rows) == told[name], (by, name)
        totals.append(told)
    assert all(told == totals[0] for told in totals)
    with desk.services.database.read() as connection:
        hours = read_hours(connection, HoursBy.VOLUNTEER, Span())
    for name in (*MINUTES, "records"):
        assert totals[0][name] == sum(int(str(row[name])) for row in hours), name
    people = rows_of(program, at_once=2, by="volunteer")
    of_api = {row["key"]: row["now"]["minutes_credited"] for row in people}
    assert of_api == {row["volunteer"]: row["minutes_credited"] for row in hours}


@pytest.mark.both_databases
@settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stays=STAYS)
def test_totals_of_reports_are_those_of_hours_before_and_after_a_close_and_an_adjustment(
    open_home: Open, stays: list[tuple[str, int, int | None, str]]
) -> None:
    clock = ServerClock()
    desk = make_desk(open_home(f"agree{next(_names)}", clock=clock), clock)
    for who, came, long, how in sorted(stays, key=lambda stay: stay[1]):
        fields: dict[str, Any] = TYPED if how == "typed" else {}
        desk.stay(who, came / 4, None if long is None else (came + long) / 4, **fields)
    desk.stay("V5", 70, 71)
    desk.sync(DECEMBER_H + 1)
    api = create_api(desk.services)
    api.config[LIMIT] = "100000/minute"
    hire(desk.services, "city", EVERYWHERE[StaffRole.CITY])
    program = Program.of(api, desk.services, "city")
    require_agreement(desk, program)
    desk.close()
    require_agreement(desk, program)
    desk.late("V1", 66, 67)
    desk.decide("V5", Action.REFUSE)
    require_agreement(desk, program)


@pytest.mark.both_databases
def test_two_periods_stand_side_by_side_on_every_page(city: Program) -> None:
    asked = {**WEEK, "by": "volunteer", "before_from": "2026-10-01", "before_to": "2026-10-31"}
    rows = {row["key"]: row for row in rows_of(city, at_once=2, **asked)}
    assert set(rows) == {"V1", "V2", "V4", "V91", "V92"}
    v4 = rows["V4"]
    assert (v4["now"]["minutes_credited"], v4["before"]["minutes_credited"]) == (240, 0)
    assert v4["change"] == {
        "people": 1, "people_percent": "", "records": 1, "records_percent": "",
        "minutes_credited": 240, "minutes_credited_percent": "",
    }  # fmt: skip
    turned = {"before_from": "2026-11-02", "before_to": "2026-11-08", "by": "site"}
    earlier = rows_of(city, **turned, **{"from": "2026-12-01", "to": "2026-12-31"})
    assert {row["key"]: row["change"]["minutes_credited_percent"] for row in earlier} == {
        "S1": "-100.0",
        "S9": "-100.0",
    }
    told = done(city.get("/reports/total", **asked))
    assert told["about"]["before"] == "2026-10-01/2026-10-31"
    assert told["total"]["change"]["people"] == told["total"]["now"]["people"]


def test_a_report_is_narrowed_by_all_that_pages_know(city: Program) -> None:
    def credited(**asked: str) -> int:
        told = done(city.get("/reports/total", by="site", **asked))
        return int(told["total"]["now"]["minutes_credited"])

    assert credited() == 240 + 180
    assert credited(site="S9") == credited(region="R2") == credited(team="T9") == 180
    assert credited(volunteer="V4,V92") == 420
    assert credited(volunteer="V4,V92", region="R1") == 240
    assert credited(grade="A,B") == 420
    assert credited(grade="E") == credited(post="P1") == credited(category="党员") == 0


def test_a_file_is_the_report_of_the_address_and_reopens(city: Program) -> None:
    asked = {**WEEK, "by": "site"}
    answer = city.get("/reports/file", form="csv", **asked)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment; filename=report-site-" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    sheet = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(BytesIO(city.get("/reports/file", form="xlsx", **asked).data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    plain = done(city.get("/reports/file", form="json", **asked))
    assert [row[0] for row in sheet[1:3]] == [row[0] for row in rows[1:3]] == ["S1", "S9"]
    assert [row["minutes_credited"] for row in plain["rows"]] == [240, 180]
    assert [int(row[4]) for row in sheet[1:4]] == [240, 180, 420]


def test_a_file_that_takes_too_long_is_refused(
    city: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_out, "REPORT_DOWNLOAD_ROWS_MAX", 2)
    answer = city.get("/reports/file", form="csv", by="volunteer")
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    monkeypatch.setattr(reach, "REPORT_NOW_RECORDS_MAX", 2)
    for path in ("", "/total", "/file", "/series/days"):
        asked = {} if "series" in path else {"by": "site"}
        answer = city.get(f"/reports{path}", **asked, **({"form": "csv"} if "file" in path else {}))
        assert (answer.status_code, code_of(answer)) == (413, "too_large"), path


def test_names_leave_for_a_purpose_that_is_kept_by_whoever_may(
    town: Desk, city: Program, program: Programs
) -> None:
    assert rows_of(city, by="volunteer")[0]["name"] == "志*1"
    assert "志愿者1" not in city.get("/reports/file", form="csv", by="volunteer").text
    assert readings(town) == []
    named = done(city.get("/reports", by="volunteer", limit=1, purpose="年终表彰"))
    assert named["items"][0]["name"] == "志愿者1"
    assert "志愿者1" in city.get("/reports/file", form="csv", by="volunteer", purpose="核对").text
    assert readings(town) == [
        ("api report", "volunteer ../..", 1, "年终表彰"),
        ("api report", "volunteer ../..", 5, "核对"),
    ]
    for caller in (program(StaffRole.VIEWER), program(StaffRole.CITY, rights={Right.REPORT})):
        for path, more in (("/reports", {}), ("/reports/file", {"form": "csv"})):
            answer = caller.get(path, by="volunteer", purpose="x", **more)
            assert (answer.status_code, code_of(answer)) == (403, "no_right")
    assert code_of(city.get("/reports", by="site", purpose="x")) == "bad_field"


def test_whoever_unmasks_a_part_reads_no_names_beyond_it(town: Desk, program: Programs) -> None:
    district = program(StaffRole.DISTRICT, Over.REGION, "R1")
    text = district.get("/reports/file", form="csv", by="volunteer", purpose="核对").text
    assert "志愿者1" in text
    assert "V91" not in text
    assert done(district.get("/reports/total", by="site"))["about"]["whole_tree"] is False


ADDRESSES = [
    "by=name", "by=", "", "by=site&from=2026-13-40", "by=site&from=2999-12-31&to=1970-01-01",
    "by=site&from=9999-12-31", "by=site&site=%00", "by=site&site=S1,,S2", "by=site&site=S1%0A",
    "by=site&site=" + "S" * 21, "by=site&site=" + ",".join(["S1"] * 1_000), "by=site&grade=F",
    "by=site&category=%00", "by=site&category=" + "a" * 41, "by=site&purpose=x", "by=day&before_from=2026-11-01",
    "by=site&before_from=2026-11-02&before_to=2026-11-01", "by=site&by=team", "by=site&unknown=1",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/reports", "/reports/file"])
def test_a_hostile_address_is_refused(city: Program, path: str) -> None:
    for address in ADDRESSES:
        form = "&form=csv" if path.endswith("file") else ""
        answer = city.get(f"{path}?{address}{form}")
        assert (answer.status_code, code_of(answer)) == (422, "bad_field"), address
    assert city.get("/reports/file?by=site&form=exe").status_code == 422


def test_series_are_what_plots_show(city: Program) -> None:
    days = done(city.get("/reports/series/days", **WEEK))["items"]
    assert [(day["day"], day["credited"]) for day in days] == [("2026-11-02", 420)]
    sites = done(city.get("/reports/series/sites", **WEEK))
    assert [(site["site"], site["credited"]) for site in sites["sites"]] == [
        ("S1", 240), ("S9", 180),
    ]  # fmt: skip
    assert len(done(city.get("/reports/series/hours", **WEEK))["items"]) == 168
    assert done(city.get("/reports/series/outliers", **WEEK))["items"] == []


WISH = {"name": "weekly", "by": "team", "every": "week", "form": "csv", "only": {"sites": ["S1"]}}


def test_a_saved_report_is_made_read_changed_and_removed(
    town: Desk, clock: ServerClock, city: Program
) -> None:
    assert code_of(city.post("/reports/saved", WISH)) == "seen_needed"
    saved = city.post("/reports/saved", WISH, seen="*")
    assert done(saved)["only"] == {"sites": ["S1"]}
    tag = saved.headers["ETag"]
    assert done(city.post("/reports/saved", WISH, seen="*"))["seen"] == done(saved)["seen"]
    other = WISH | {"by": "site"}
    assert code_of(city.post("/reports/saved", other, seen="*")) == "changed_since"
    assert done(city.post("/reports/saved", other, seen=tag))["by"] == "site"
    assert code_of(city.post("/reports/saved", WISH, seen=tag)) == "changed_since"
    clock.now_ms = max(clock.now_ms, START_MS + 9 * DAY_MS)
    make_reports(town.services)
    one = city.get("/reports/saved/weekly")
    (run,) = done(one)["made"]
    assert (run["first"], run["state"], run["rows"]) == ("2026-11-02", "done", 1)
    file = city.get(f"/reports/saved/weekly/files/{run['first']}")
    assert (file.mimetype, len(file.data)) == ("text/csv", run["bytes"])
    for path in (
        "weekly/files/2026-11-03",
        "weekly/files/2026-02-30",
        "monthly",
        "monthly/files/2026-11-02",
    ):
        answer = city.get(f"/reports/saved/{path}")
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), path
    assert done(city.post("/reports/saved/weekly/remove", {}))["removed"] is True
    assert code_of(city.post("/reports/saved/weekly/remove", {})) == "not_found"
    assert done(city.get("/reports/saved"))["items"] == []


def test_saved_reports_of_others_are_not_there(city: Program, program: Programs) -> None:
    done(city.post("/reports/saved", WISH, seen="*"))
    other = program(StaffRole.CITY)
    assert done(other.get("/reports/saved"))["items"] == []
    assert other.get("/reports/saved/weekly").status_code == 404
    assert other.post("/reports/saved/weekly/remove", {}).status_code == 404
    assert code_of(other.post("/reports/saved", WISH, seen="*")) == "bad_field"
    assert len(done(city.get("/reports/saved"))["items"]) == 1


BAD_WISHES: list[dict[str, Any]] = [
    {"name": ""}, {"name": "../x"}, {"name": "a" * 21}, {"by": "name"}, {"every": "year"}, {"form": "exe"},
    {"only": {"sites": ["S1\n"]}}, {"only": {"phones": ["1"]}}, {"only": {"grades": ["F"]}}, {"only": ["S1"]},
    {"only": {"categories": ["\x00"]}}, {"compares": "yes"}, {"owner": "x"}, {"by": "day", "compares": True},
]  # fmt: skip


def test_a_hostile_wish_is_refused_and_a_key_is_good_for_one(city: Program) -> None:
    for bad in BAD_WISHES:
        answer = city.post("/reports/saved", WISH | bad, seen="*")
        assert (answer.status_code, code_of(answer)) == (422, "bad_field"), bad
    done(city.post("/reports/saved", WISH, key="save-this-once", seen="*"))
    other = city.post("/reports/saved", WISH | {"by": "site"}, key="save-this-once", seen="*")
    assert (other.status_code, code_of(other)) == (422, "key_reused")
    assert len(done(city.get("/reports/saved"))["items"]) == 1
