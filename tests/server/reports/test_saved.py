"""Saved reports: each stretch is made once, whole or not at all, again after a stop, and kept within bounds."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from server.access.part import EVERYTHING, Part
from server.books.dates import iso_date, read_date
from server.books.hours import Span
from server.reports import keep_files, run_saved
from server.reports.keep_files import too_many
from server.reports.query import By, Only
from server.reports.run_saved import DONE, FAILED, RUNNING, run_due
from server.reports.saved import Run, Saved, read_runs, read_saved, remove_report, save_report
from server.reports.stretch import DUE_AFTER_MS, Every, last_stretch, stretch_before
from server.reports.write import Form
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import Desk
from tests.server.builders import DAY_MS, HOUR_MS, START_MS

DAILY = Saved("daily", By.SITE, Every.DAY, Form.CSV)
both_databases = pytest.mark.both_databases


def folder(desk: Desk) -> Path:
    return desk.services.config.home / "reports"


def run(desk: Desk, day: int = 1, hour: int = 5) -> list[Run]:
    desk.clock.now_ms = START_MS + day * DAY_MS + hour * HOUR_MS
    services = desk.services
    return run_due(services.database, folder(desk), part_of, lambda: desk.clock.now_ms)


def part_of(owner: str) -> Part:
    if owner:
        raise Refused("not_found")
    return EVERYTHING


def save(desk: Desk, *saved: Saved) -> None:
    for one in saved:
        save_report(desk.services.database, one, desk.clock.now_ms)


def runs(services: Services) -> list[Run]:
    with services.database.read() as connection:
        return read_runs(connection)


@pytest.mark.parametrize(
    ("every", "now", "first", "last"),
    [
        (Every.DAY, "2026-11-02T05:00", "2026-11-01", "2026-11-01"),
        (Every.DAY, "2026-11-02T04:59", "2026-10-31", "2026-10-31"),
        (Every.WEEK, "2026-11-02T05:00", "2026-10-26", "2026-11-01"),
        (Every.WEEK, "2026-11-08T23:00", "2026-10-26", "2026-11-01"),
        (Every.MONTH, "2026-12-01T05:00", "2026-11-01", "2026-11-30"),
        (Every.MONTH, "2027-01-31T05:00", "2026-12-01", "2026-12-31"),
    ],
)
def test_the_last_stretch_is_the_one_that_is_over(
    every: Every, now: str, first: str, last: str
) -> None:
    hour, minute = int(now[11:13]), int(now[14:])
    at_ms = START_MS + (read_date(now[:10]) - read_date("2026-11-02")) * DAY_MS
    found = last_stretch(every, at_ms + hour * HOUR_MS + minute * 60_000)
    assert (iso_date(found.first), iso_date(found.last)) == (first, last)


@given(every=st.sampled_from(Every), day=st.integers(100, 40_000))
def test_stretches_follow_each_other_without_a_gap(every: Every, day: int) -> None:
    found = last_stretch(every, day * DAY_MS + DUE_AFTER_MS)
    before = stretch_before(every, found.first)
    assert before.last + 1 == found.first
    assert before.first <= before.last
    assert found.last < day
    assert stretch_before(every, found.last + 1) == found


@both_databases
def test_a_saved_report_is_made_once_in_its_stretch(desk: Desk) -> None:
    save(desk, DAILY)
    (made,) = run(desk)
    assert (made.state, made.rows, made.file) == (DONE, 1, "daily-2026-11-02.csv")
    content = (folder(desk) / "daily" / made.file).read_bytes()
    assert len(content) == made.size
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1][:4] == ["S1", "东门卡口", "3", "4"]
    assert run(desk, hour=23) == []
    (second,) = run(desk, day=2)
    assert second.file == "daily-2026-11-03.csv"
    assert [each.span.first for each in runs(desk.services)] == [second.span.first, made.span.first]


@both_databases
def test_what_was_saved_is_read_back(desk: Desk) -> None:
    whole = Saved("a", By.TEAM, Every.WEEK, Form.JSON, Only(sites=("S1", "S2")), True, "li")
    save(desk, DAILY, whole, Saved("daily", By.DAY, Every.MONTH))
    with desk.services.database.read() as connection:
        assert read_saved(connection) == [whole, Saved("daily", By.DAY, Every.MONTH)]


def test_a_report_that_fails_stops_no_other_and_is_made_later(desk: Desk) -> None:
    save(desk, Saved("a", By.SITE, Every.DAY, Form.CSV, owner="gone"), DAILY)
    assert [(each.name, each.state) for each in run(desk)] == [("a", FAILED), ("daily", DONE)]
    save(desk, Saved("a", By.SITE, Every.DAY, Form.CSV))
    assert [(each.name, each.state) for each in run(desk)] == [("a", DONE)]


def test_a_stretch_that_was_stopped_is_made_again_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk, DAILY, Saved("later", By.SITE, Every.DAY, Form.CSV))

    class Killed(BaseException):
        pass

    def stop(*_: object) -> int:
        assert [each.state for each in runs(desk.services)] == [RUNNING]
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(run_saved, "write_report", stop)
        run(desk)
    assert list((folder(desk) / "daily").iterdir()) == []
    assert [each.state for each in run(desk)] == [DONE, DONE]


def test_a_report_says_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    save(desk, Saved("people", By.VOLUNTEER, Every.DAY, Form.CSV))
    monkeypatch.setattr(run_saved, "REPORT_PROGRESS_ROWS", 2)
    seen: list[tuple[str, int]] = []

    kept = run_saved._Making._keep

    def keep(self: run_saved._Making, state: str, rows: int, *, problem: str = "") -> Run:
        done = kept(self, state, rows, problem=problem)
        seen.extend((each.state, each.rows) for each in runs(desk.services))
        return done

    monkeypatch.setattr(run_saved._Making, "_keep", keep)
    run(desk)
    assert seen == [(RUNNING, 0), (RUNNING, 2), (DONE, 3)]


def test_only_so_many_files_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_files, "REPORT_FILES_KEPT", 2)
    save(desk, DAILY)
    for day in (1, 2, 3, 4):
        run(desk, day=day)
    names = sorted(file.name for file in (folder(desk) / "daily").iterdir())
    assert names == ["daily-2026-11-04.csv", "daily-2026-11-05.csv"]
    assert len(runs(desk.services)) == 2


@given(sizes=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=12))
def test_files_stay_within_their_bytes_and_the_newest_of_each_stays(
    sizes: list[tuple[str, int]],
) -> None:
    every = [
        Run(name, Span(-at, -at), DONE, 0, 0, 0, "", size, "")
        for at, (name, size) in enumerate(sizes)
    ]
    ordered = sorted(every, key=lambda each: (each.name, -each.span.first))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keep_files, "REPORT_FILES_BYTES_MAX", 10)
        out = too_many(ordered)
    rest = [each for each in ordered if each not in out]
    newest = {each.name: each for each in reversed(ordered)}
    assert {each.name for each in rest} == set(newest)
    assert all(each in rest for each in newest.values())
    assert sum(each.size for each in rest) <= 10 or len(rest) == len(newest)


@both_databases
def test_a_removed_report_leaves_nothing(desk: Desk) -> None:
    save(desk, DAILY)
    run(desk)
    assert remove_report(desk.services.database, folder(desk), "daily")
    assert not (folder(desk) / "daily").exists()
    assert (run(desk, day=2), runs(desk.services)) == ([], [])
    assert not remove_report(desk.services.database, folder(desk), "daily")


def test_a_report_that_means_nothing_is_not_saved(desk: Desk) -> None:
    with pytest.raises(Refused):
        save(desk, Saved("a", By.DAY, Every.DAY, compares=True))
    with desk.services.database.read() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM saved_report")) == 0
