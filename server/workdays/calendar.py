"""Which days are worked: weekdays, but for holidays, and the weekend days that are worked in their stead (调休).

The tables come from the yearly notices of the State Council, which each line names. `workdays.csv` beside this file has those
known when it was released; one of the same form in the home adds years, or replaces them whole.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from schemas.vocabulary import Code
from server.books.dates import read_date
from server.limits import WORKDAY_FILE_BYTES_MAX
from sync.errors import Refused

FILE_NAME = "workdays.csv"
_SHIPPED = Path(__file__).with_name(FILE_NAME)
_EPOCH = date(1970, 1, 1).toordinal()
_KINDS = {"off": False, "work": True}


class BadTable(Exception):
    """A table of workdays cannot be read; the message says which line."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The table of this year is not there: nothing is said about its days."""

    year: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """years: those known. exceptions: days (since 1970-01-01) that are worked (True) or not, against their day of the week."""

    years: frozenset[int] = frozenset()
    exceptions: dict[int, bool] = field(default_factory=dict)

    def is_workday(self, day: int) -> bool | Missing:
        """Tell whether a local date is worked."""
        there = date.fromordinal(day + _EPOCH)
        if there.year not in self.years:
            return Missing(there.year)
        return self.exceptions.get(day, there.weekday() < 5)

    def workdays_after(self, day: int, count: int) -> int | Missing:
        """Give the local date of the last of so many working days after a date."""
        at = day
        while count:
            at += 1
            worked = self.is_workday(at)
            if isinstance(worked, Missing):
                return worked
            count -= worked
        return at


def read_calendar(home: Path) -> Calendar:
    """Read the tables shipped, and those of the home. Raise `BadTable`."""
    shipped = _read(_SHIPPED)
    own = home / FILE_NAME
    return _joined(shipped, _read(own)) if own.exists() else shipped


def require_calendar(home: Path) -> Calendar:
    """Read them for somebody who asks. Raise `Refused(malformed)`, which says what is wrong with a table."""
    try:
        return read_calendar(home)
    except BadTable as error:
        words = f"节假日表有误 / the table of workdays cannot be read: {error}"
        raise Refused(Code.MALFORMED, words) from error


def parse(lines: Iterable[str]) -> Calendar:
    """Read a table: `year,date,kind,notice`, kind `off` or `work`. A year counts as known if it has a line. Raise `BadTable`."""
    years: set[int] = set()
    exceptions: dict[int, bool] = {}
    for number, row in enumerate(csv.DictReader(lines), 2):
        try:
            day, year = read_date(row["date"]), int(row["year"])
            worked = _KINDS[row["kind"]]
        except (KeyError, ValueError, TypeError) as error:
            raise BadTable(f"第 {number} 行 / line {number}") from error
        if date.fromordinal(day + _EPOCH).year != year or exceptions.get(day, worked) != worked:
            raise BadTable(f"第 {number} 行 / line {number}")
        years.add(year)
        exceptions[day] = worked
    return Calendar(frozenset(years), exceptions)


def _read(file: Path) -> Calendar:
    if file.stat().st_size > WORKDAY_FILE_BYTES_MAX:
        raise BadTable(f"{file.name}: 文件过大 / too large")
    try:
        return parse(file.read_text(encoding="utf-8-sig").splitlines())
    except UnicodeDecodeError as error:
        raise BadTable(f"{file.name}: UTF-8") from error


def _joined(shipped: Calendar, own: Calendar) -> Calendar:
    kept = {
        day: worked
        for day, worked in shipped.exceptions.items()
        if date.fromordinal(day + _EPOCH).year not in own.years
    }
    return Calendar(shipped.years | own.years, kept | own.exceptions)
