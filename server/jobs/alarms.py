"""Alarms: what a job found that somebody should look at, kept as long as it is so."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, select

from server import bulk
from server.models.job import Alarm

KIOSK_SILENT = "kiosk_silent"
DERIVED_DIFFERS = "derived_differs"


def replace_alarms(
    connection: Connection, kind: str, about: Collection[str], now_ms: int
) -> tuple[int, int]:
    """Let the alarms of a kind be about exactly these; those that stay keep their time. Give how many are new, and gone."""
    known = set(connection.scalars(select(Alarm.about).where(Alarm.kind == kind)))
    gone, new = known - set(about), set(about) - known
    for one in sorted(gone):
        connection.execute(delete(Alarm).where(Alarm.kind == kind, Alarm.about == one))
    bulk.insert_missing(connection, Alarm, [(kind, one, now_ms) for one in sorted(new)])
    return len(new), len(gone)


def count_alarms(connection: Connection) -> dict[str, int]:
    """Give how many alarms there are, by kind."""
    query = select(Alarm.kind, func.count().label("many")).group_by(Alarm.kind)
    rows = connection.execute(query).all()
    return {KIOSK_SILENT: 0, DERIVED_DIFFERS: 0, **{row.kind: row.many for row in rows}}
