"""Hours day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.books.dates import iso_date
from server.limits import SERIES_DAYS_MAX
from server.reports.figures import Key, Sums, figures_of
from server.reports.prepare import Prepared
from server.reports.query import By
from server.reports.report import sums_by
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class DayPoint:
    """A local date: people and records that began, minutes of the date, state as of a report's row."""

    day: str
    people: int
    records: int
    credited: int
    held: int
    refused: int
    state: str


def by_day(connection: Connection, ready: Prepared) -> list[DayPoint]:
    """Give each date that has a record. Raise `Refused(bad_field)` where they are more than `SERIES_DAYS_MAX`."""
    return points_of(sums_of_days(connection, ready))


def points_of(days: Iterable[tuple[Key, Sums]]) -> list[DayPoint]:
    """Give the same of dates whose sums are known."""
    found: list[DayPoint] = []
    for key, added in days:
        now = figures_of(added)
        figures = (now.people, now.records, now.credited, now.held, now.refused, now.state.value)
        found.append(DayPoint(iso_date(int(key)), *figures))
    return found


def sums_of_days(connection: Connection, ready: Prepared) -> list[tuple[Key, Sums]]:
    """Give the sums of each date that has a record. Raise `Refused(bad_field)` where they are more than `SERIES_DAYS_MAX`."""
    found = list(islice(sums_by(connection, ready.by(By.DAY)), SERIES_DAYS_MAX + 1))
    if len(found) > SERIES_DAYS_MAX:
        words = f"最多 {SERIES_DAYS_MAX} 天 / at most {SERIES_DAYS_MAX} days: choose fewer"
        raise Refused(Code.BAD_FIELD, words)
    return found
