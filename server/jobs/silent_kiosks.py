"""Kiosks that have said nothing for too long. Their scans are safe with them; but figures stay provisional until they speak.

A kiosk speaks by a hello, or by entries that came on a stick or through another: then since the newest of them was written.
"""

from sqlalchemy import Connection, select

from server.books.derive.superseded import read_ends
from server.jobs.alarms import KIOSK_SILENT, replace_alarms
from server.models.log import Enrolment, Log, LogEntry
from server.services import Services
from sync.canonical import Strange, understand

_HOUR_MS = 3_600_000
_LOOKED_AT = 10
"""Entries, from the newest, among which one is looked for that can be understood."""


def silent_kiosks(services: Services) -> str:
    """Raise an alarm for each kiosk that is expected and silent for longer than the setting; end those of kiosks that spoke."""
    now = services.signer.clock.wall_ms()
    since = now - services.config.kiosk_silent_hours * _HOUR_MS
    with services.database.read() as connection:
        silent = _silent(connection, since, now)
    with services.database.write_facts() as connection:
        new, gone = replace_alarms(connection, KIOSK_SILENT, silent, now)
    return f"silent={len(silent)} new={new} back={gone}"


def _silent(connection: Connection, since_ms: int, now_ms: int) -> list[str]:
    """Give the enrolled logs that were not heard of since then; not those that ended, or were revoked."""
    ends = read_ends(connection)
    done = ends.superseded | ends.cuts.keys()
    rows = connection.execute(
        select(Log.id, Log.name, Log.contact_ms, Enrolment.from_ms)
        .join(Enrolment, Enrolment.log == Log.name)
        .where(Log.kind == "kiosk", Log.contact_ms < since_ms, Enrolment.from_ms < since_ms)
        .where((Enrolment.to_ms == 0) | (Enrolment.to_ms > now_ms))
        .order_by(Log.name)
    )
    quiet = {name: log for log, name, _, _ in rows if name not in done}
    return [name for name, log in quiet.items() if _spoke_ms(connection, log, now_ms) < since_ms]


def _spoke_ms(connection: Connection, log: int, now_ms: int) -> int:
    """Give when the newest entry of a log was written, by the kiosk's clock; 0 if none, or by a clock that is ahead of ours."""
    query = (
        select(LogEntry.body)
        .where(LogEntry.log == log)
        .order_by(LogEntry.seq.desc(), LogEntry.slot)
        .limit(_LOOKED_AT)
    )
    for body in connection.scalars(query):
        entry = understand(bytes(body))
        if not isinstance(entry, Strange):
            return entry.wall_ms if entry.wall_ms <= now_ms + _HOUR_MS else 0
    return 0
