"""Working days with China's shifted ones, and what is said of years that nobody knows yet."""

from pathlib import Path

import pytest

from server.books.dates import iso_date, read_date
from server.workdays.calendar import BadTable, Calendar, Missing, parse, read_calendar

SHIPPED = read_calendar(Path("/nonexistent"))


def after(day: str, count: int = 10) -> str | Missing:
    found = SHIPPED.workdays_after(read_date(day), count)
    return found if isinstance(found, Missing) else iso_date(found)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-02-13", True),
        ("2026-02-14", True),  # a Saturday worked for the Spring Festival
        ("2026-02-16", False),
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-10-10", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2025-10-12", False),
    ],
)
def test_holidays_and_the_days_worked_for_them(day: str, worked: bool) -> None:
    assert SHIPPED.is_workday(read_date(day)) is worked


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-02", "2026-11-16"),  # Monday: nothing between
        ("2026-11-01", "2026-11-13"),  # a Sunday counts no more than the Friday before
        ("2026-02-13", "2026-03-05"),  # across the Spring Festival
        ("2026-09-18", "2026-10-09"),  # across two holidays
        ("2025-12-25", "2026-01-09"),  # across the year
    ],
)
def test_ten_working_days_after_a_request(asked: str, due: str) -> None:
    assert after(asked) == due


def test_a_year_that_is_not_known_is_said_and_never_guessed() -> None:
    assert after("2026-12-28") == Missing(2027)
    assert after("2024-01-01") == Missing(2024)
    assert SHIPPED.is_workday(read_date("2030-01-01")) == Missing(2030)


def test_every_year_shipped_has_as_many_days_off_as_the_notice_gives() -> None:
    for year, off, work in ((2025, 28, 5), (2026, 33, 6)):
        days = [w for d, w in SHIPPED.exceptions.items() if iso_date(d)[:4] == str(year)]
        assert (days.count(False), days.count(True)) == (off, work)


def test_a_table_in_the_home_adds_a_year_and_replaces_one_whole(tmp_path: Path) -> None:
    lines = "year,date,kind,notice\n2027,2027-01-01,off,x\n2026,2026-05-02,off,x\n"
    (tmp_path / "workdays.csv").write_text(lines, encoding="utf-8")
    own = read_calendar(tmp_path)
    assert own.is_workday(read_date("2027-01-01")) is False
    assert own.is_workday(read_date("2027-01-04")) is True
    assert own.is_workday(read_date("2026-05-01")) is True
    assert own.is_workday(read_date("2025-05-01")) is False


@pytest.mark.parametrize(
    "line",
    ["2026,2026-13-01,off,", "2026,2025-01-01,off,", "2026,2026-01-01,maybe,", "x,2026-01-01,off,",
     "2026", "2026,2026-01-01,off,\n2026,2026-01-01,work,"],
)  # fmt: skip
def test_a_table_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(BadTable, match="line"):
        parse(["year,date,kind,notice", *line.splitlines()])


def test_nothing_is_known_without_a_table() -> None:
    assert Calendar().workdays_after(0, 1) == Missing(1970)


def test_a_table_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    for content in (b"\xff\xfe\x00", b"x" * 2_000_000):
        (tmp_path / "workdays.csv").write_bytes(content)
        with pytest.raises(BadTable):
            read_calendar(tmp_path)
