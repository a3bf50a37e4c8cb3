"""Requests for correction that wait for an answer, in numbers: how many, since when, how many past their working days."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, exists, func, or_, select

from server.access.part import Part
from server.books.dates import day_end_ms, local_day
from server.books.decisions.corrections import ANSWER_WORKDAYS
from server.models.correction import Correction, CorrectionAnswer
from server.models.now import VolunteerNow
from server.workdays.calendar import Calendar, Missing

_DAYS_BACK_MAX = 40
"""Dates looked back through for the first that is due: ten working days never take longer."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """count: requests that wait; oldest_ms: since when (0: none); overdue, soon: past their time, and due within two dates.

    year_missing: the table of working days that is not there for what is asked now (0: none); what is due in that year is not
    counted, unless it was asked so long ago that no table could make a difference.
    """

    count: int
    oldest_ms: int
    overdue: int
    soon: int
    year_missing: int


def read_deadlines(
    connection: Connection, part: Part, calendar: Calendar, now_ms: int
) -> Deadlines:
    """Count the requests that wait within a part: about its sites, or by its people."""
    today = local_day(now_ms)
    limits = [_asked_before(calendar, day) for day in (today, today + 2)]
    asked_now = calendar.workdays_after(today, ANSWER_WORKDAYS)
    missing = asked_now.year if isinstance(asked_now, Missing) else 0
    late = [func.sum(case((Correction.asked_ms < limit, 1), else_=0)) for limit in limits]
    query = select(func.count(), func.min(Correction.asked_ms), *late).where(
        ~exists().where(CorrectionAnswer.request == Correction.hash)
    )
    if not part.is_all:
        by_person = part.people_within(VolunteerNow.team, VolunteerNow.region)
        query = query.outerjoin(VolunteerNow, VolunteerNow.number == Correction.who).where(
            or_(part.sites_within(Correction.site), by_person)
        )
    row = connection.execute(query).one()
    past, near = int(row[2] or 0), int(row[3] or 0)
    return Deadlines(int(row[0]), int(row[1] or 0), past, near - past, missing)


def _asked_before(calendar: Calendar, today: int) -> int:
    """Give the time before which whatever was asked was due before a date, for certain, whichever year has no table."""
    for day in range(today - 1, today - _DAYS_BACK_MAX, -1):
        due = calendar.workdays_after(day, ANSWER_WORKDAYS)
        if not isinstance(due, Missing) and due < today:
            return day_end_ms(day)
    return day_end_ms(today - _DAYS_BACK_MAX)
