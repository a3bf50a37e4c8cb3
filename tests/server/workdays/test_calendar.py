"""Working days with China's shifted ones, and what is said of years that nobody knows yet."""

import re
from datetime import date
from pathlib import Path

import pytest

import server.workdays.calendar
from server.books.dates import iso_date, read_date
from server.workdays.calendar import BadTable, Calendar, Missing, parse, read_calendar

TABLE = Path(server.workdays.calendar.__file__).with_name("workdays.csv")
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
        ("2024-02-09", True),  # New Year's Eve: the notice only encourages to give it off
        ("2024-02-18", True),
        ("2023-01-29", True),
        ("2022-12-31", False),  # told by the notice for 2023
        ("2020-01-31", False),  # the holiday was made longer, and the Saturday was not worked
        ("2020-02-01", False),
        ("2020-02-03", True),
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
        ("2022-01-24", "2022-02-10"),  # two weekend days worked, then a week off
    ],
)
def test_ten_working_days_after_a_request(asked: str, due: str) -> None:
    assert after(asked) == due


def test_a_year_that_is_not_known_is_said_and_never_guessed() -> None:
    assert after("2026-12-28") == Missing(2027)
    assert after("2019-12-30") == Missing(2019)
    assert SHIPPED.is_workday(read_date("2030-01-01")) == Missing(2030)


@pytest.mark.parametrize(
    ("year", "off", "work"),
    [(2020, 30, 6), (2021, 31, 7), (2022, 32, 7), (2023, 26, 7), (2024, 28, 8), (2025, 28, 5), (2026, 33, 6)],
)  # fmt: skip
def test_every_year_shipped_has_as_many_days_off_as_the_notice_gives(
    year: int, off: int, work: int
) -> None:
    days = [w for d, w in SHIPPED.exceptions.items() if iso_date(d)[:4] == str(year)]
    assert (days.count(False), days.count(True)) == (off, work)


STATUTORY = dict.fromkeys(range(2020, 2025), 11) | {2020: 11 + 2, 2025: 13, 2026: 13}
"""Days off by law; in 2020 two more, in the epidemic; since 2025 New Year's Eve and May 2."""


@pytest.mark.parametrize("year", sorted(SHIPPED.years))
def test_weekdays_off_less_weekend_days_worked_are_the_days_off_by_law(year: int) -> None:
    days = [(d, w) for d, w in SHIPPED.exceptions.items() if iso_date(d)[:4] == str(year)]
    weekdays_off = sum(date.fromisoformat(iso_date(d)).weekday() < 5 for d, w in days if not w)
    worked = [date.fromisoformat(iso_date(d)).weekday() for d, w in days if w]
    assert all(weekday >= 5 for weekday in worked)
    assert weekdays_off - len(worked) == STATUTORY[year]


def test_every_line_shipped_names_its_notice() -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    assert lines
    assert all(
        re.fullmatch(r"(\d{4}),\1-\d\d-\d\d,(off|work),国办发明电〔\d{4}〕\d+号 \S+", one)
        for one in lines
    )


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
