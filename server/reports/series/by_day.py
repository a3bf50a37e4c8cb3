"""Hours day by day."""

from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.books.dates import iso_date
from server.limits import SERIES_DAYS_MAX
from server.reports.prepare import Prepared
from server.reports.query import By
from server.reports.report import rows_of
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
    found: list[DayPoint] = []
    for row in rows_of(connection, ready.by(By.DAY)):
        if len(found) == SERIES_DAYS_MAX:
            words = f"最多 {SERIES_DAYS_MAX} 天 / at most {SERIES_DAYS_MAX} days: choose fewer"
            raise Refused(Code.BAD_FIELD, words)
        now = row.now
        figures = (now.people, now.records, now.credited, now.held, now.refused, now.state.value)
        found.append(DayPoint(iso_date(int(row.key)), *figures))
    return found
