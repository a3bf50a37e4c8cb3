"""Kiosks that have been silent for too long, as the job that looks for them found it, within a part of the tree."""

from sqlalchemy import Connection, func, select

from server.access.part import Part
from server.jobs.alarms import KIOSK_SILENT
from server.models.job import Alarm
from server.models.log import Enrolment


def count_silent(connection: Connection, part: Part) -> tuple[int, int]:
    """Give how many kiosks are silent, and since when the first has been an alarm (0: none)."""
    query = (
        select(func.count(func.distinct(Alarm.about)), func.min(Alarm.since_ms))
        .join(Enrolment, Enrolment.log == Alarm.about)
        .where(Alarm.kind == KIOSK_SILENT, part.sites_within(Enrolment.site))
    )
    count, since_ms = connection.execute(query).one()
    return int(count), int(since_ms or 0)
