"""What entries of the centre's own logs mean to the tables beside them, for entries that come back from kiosks after a restore.

Each use case writes its row when it appends its entry; here the same row is made from the entry alone. Doing it again changes
nothing. Rows of imported files do not come back: their `set` entries do, and `lost_changes` lists them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from schemas.entry import BadgeKey, Enrol, RevokeBadge, RevokeLog, Set
from schemas.fleet_entry import Tell, Untell
from server import bulk, epochs
from server.badges.signing_keys import KeyState
from server.books import central_rows
from server.books.derive.queue import queue_people
from server.central_order import keep_place
from server.intake.lead_keys import touch_names_of
from server.intake.touch import touch
from server.models.badge import BadgeKey as BadgeKeyRow
from server.models.badge import BadgeRevocation
from server.models.dated import ReferenceChange
from server.models.log import Enrolment, Log, LogEntry, LogRevocation
from sync import view_rows
from sync.canonical import Strange, understand
from sync.ids import EntryHash, badge_key_id

LOST_LISTED_MAX = 1_000


@dataclass(frozen=True, slots=True)
class LostChange:
    """A change of reference data that is known to have been made, but whose rows were lost: import that file again."""

    table: str
    rows: int
    by: str
    at_ms: int
    digest: bytes


def reapply(connection: Connection, body: bytes, place: tuple[int, int, EntryHash]) -> None:
    """Write what one entry of a central log means, in the caller's transaction. Other kinds are kept, and mean nothing here."""
    entry = understand(body)
    is_set = isinstance(entry, Set) and _is_here(connection, entry)
    keep_place(connection, place, is_set=is_set)
    if isinstance(entry, Strange):
        return
    write = APPLIED.get(type(entry))
    if write is not None:
        write(connection, entry, place[2])
    elif central_rows.row_of(entry, place[2]) is not None:
        central_rows.keep(connection, entry, place[2])
        queue_people(connection, None)


def lost_changes(connection: Connection) -> list[LostChange]:
    """List the changes of reference data that came back without their rows; none once the same was imported again."""
    if len(epochs.central_logs(connection)) < 2:
        return []
    here = {bytes(digest) for digest in connection.scalars(select(ReferenceChange.digest))}
    bodies = connection.scalars(
        select(LogEntry.body)
        .join(Log, Log.id == LogEntry.log)
        .where(Log.kind == "central")
        .order_by(Log.id, LogEntry.seq, LogEntry.slot)
    )
    lost: list[LostChange] = []
    for body in bodies:
        entry = understand(bytes(body))
        if isinstance(entry, Set) and entry.digest not in here and len(lost) < LOST_LISTED_MAX:
            found = LostChange(entry.table, entry.rows, entry.by, entry.wall_ms, entry.digest)
            lost.append(found)
    return lost


def _is_here(connection: Connection, entry: Set) -> bool:
    """Tell whether the rows of a change are here."""
    found = select(ReferenceChange.entered).where(ReferenceChange.digest == entry.digest)
    return connection.scalar(found.limit(1)) is not None


def _enrolment(connection: Connection, entry: Enrol, entry_hash: EntryHash) -> None:
    row = (entry.log, entry.from_ms, entry.to_ms, entry.site, entry.post, entry_hash)
    bulk.insert_missing(connection, Enrolment, [row])
    _derive_log_again(connection, entry.log)


def _badge_revocation(connection: Connection, entry: RevokeBadge, entry_hash: EntryHash) -> None:
    row = (entry.who, entry_hash, entry.serial, entry.from_ms)
    bulk.insert_missing(connection, BadgeRevocation, [row])
    touch(connection, view_rows.REVOKED, entry.who)
    queue_people(connection, [entry.who])


def _badge_key(connection: Connection, entry: BadgeKey, entry_hash: EntryHash) -> None:
    key = badge_key_id(entry.public)
    row = (key, entry_hash, entry.public, entry.state, entry.from_ms, entry.wall_ms)
    bulk.insert_missing(connection, BadgeKeyRow, [row])
    touch(connection, view_rows.BADGE_KEY)
    if entry.state == KeyState.WITHDRAWN:
        queue_people(connection, None)


def _log_revocation(connection: Connection, entry: RevokeLog, entry_hash: EntryHash) -> None:
    row = (entry.log, entry_hash, entry.seq, entry.hash, entry.from_ms)
    bulk.insert_missing(connection, LogRevocation, [row])
    _derive_log_again(connection, entry.log)


def _derive_log_again(connection: Connection, log: str) -> None:
    touch_names_of(connection, log)
    connection.execute(update(Log).where(Log.name == log).values(version=Log.version + 1))


def _message(connection: Connection, entry: Tell | Untell, entry_hash: EntryHash) -> None:
    central_rows.keep(connection, entry, entry_hash)
    touch(connection, view_rows.MESSAGE)


APPLIED: Mapping[type, Callable[[Connection, Any, EntryHash], None]] = {
    Enrol: _enrolment,
    RevokeBadge: _badge_revocation,
    BadgeKey: _badge_key,
    RevokeLog: _log_revocation,
    Tell: _message,
    Untell: _message,
}
"""What is done about an entry of a central log, by its kind. A new central kind with a table of its own belongs here."""
