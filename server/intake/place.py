"""Where a log belongs: where it is enrolled or, while it is pending, where the enrolled log belongs that it succeeds.

A log is pending if nobody enrolled it and its second entry says, signed with the predecessor's key, whom it succeeds (I5).
Its entries are kept and walked apart (A5); its kiosk gets the predecessor's view.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.entry import Succeed
from server import bulk
from server.models.log import Log, LogEntry
from sync.canonical import understand
from sync.ids import LogId
from sync.succession import SUCCEED_SEQ, is_proved

PREDECESSORS_MAX = 16
"""How many pending logs in a row are looked through for an enrolled one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log belongs. predecessor: the log by which it does while it is pending, "" once it is enrolled itself."""

    site: str
    post: str
    predecessor: str = ""


def place_of(connection: Connection, name: str) -> Place | None:
    """Give where a log belongs now; None for one that nobody enrolled, and that succeeds none that was.

    A revoked log belongs nowhere, and gives nothing to a log that succeeds it: whoever has its device has its key.
    """
    if is_revoked(connection, name):
        return None
    own = enrolled_at(connection, name)
    if own is not None:
        return own
    log = predecessor_of(connection, name)
    for _ in range(PREDECESSORS_MAX):
        if not log or is_revoked(connection, log):
            return None
        found = enrolled_at(connection, log)
        if found is not None:
            return Place(found.site, found.post, log)
        log = predecessor_of(connection, log)
    return None


def is_revoked(connection: Connection, name: str) -> bool:
    """Tell whether a log was revoked."""
    return bool(bulk.fetch(connection, _REVOKED, (name,)))


def predecessor_of(connection: Connection, name: str) -> str:
    """Give the log that this one succeeds, by the word of both; "" if none."""
    bodies = connection.scalars(
        select(LogEntry.body)
        .join(Log, Log.id == LogEntry.log)
        .where(Log.name == name, Log.kind == "kiosk", LogEntry.seq == SUCCEED_SEQ)
        .order_by(LogEntry.hash)
    )
    for body in bodies:
        entry = understand(bytes(body))
        if isinstance(entry, Succeed) and _is_proved(connection, entry, name):
            return entry.log
    return ""


def _is_proved(connection: Connection, entry: Succeed, name: str) -> bool:
    query = select(Log.public_key).where(Log.name == entry.log, Log.kind == "kiosk")
    key = connection.scalar(query)
    return key is not None and is_proved(entry, LogId(name), bytes(key))


def enrolled_at(connection: Connection, name: str) -> Place | None:
    """Give where a log was enrolled last, whatever became of it; None if it never was."""
    rows = bulk.fetch(connection, _ENROLLED, (name,))
    return Place(*rows[0]) if rows else None


_REVOKED = "SELECT 1 FROM log_revocation WHERE log = ? LIMIT 1"
_ENROLLED = "SELECT site, post FROM enrolment WHERE log = ? ORDER BY from_ms DESC LIMIT 1"
