"""What successors say of completeness: an ended log is waited for no more, a pending one keeps dates open (RULES).

A log has ended if each of its branches ends where a proved successor says, and the centre holds it up to there.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, exists, func, select

from schemas.entry import Anchor, Succeed
from server.intake.ingest import read_ranges
from server.intake.place import place_of
from server.models.derived import LogState
from server.models.log import Log, LogEntry
from sync.canonical import understand
from sync.ids import LogId
from sync.succession import SUCCEED_SEQ, is_proved

_TAG = b"\xa7succeed"
FIRST_ENTRIES = 16
"""Entries looked through for when a pending log began."""


class Waiting(NamedTuple):
    """A pending log: the site where its predecessor belongs, and the time over which it is known to have recorded (0: open)."""

    site: str
    from_ms: int
    to_ms: int
    log: str


class Said(NamedTuple):
    """A proved `succeed` entry: the successor, and where it says that its predecessor ended."""

    successor: int
    name: str
    entry: Succeed


def read_successions(connection: Connection) -> list[Said]:
    """Give every proved successor."""
    is_said = exists().where(  # asked log by log: the log's entries have no index by `seq` alone
        LogEntry.log == Log.id,
        LogEntry.seq == SUCCEED_SEQ,
        func.substr(LogEntry.body, 2, len(_TAG)) == _TAG,
    )
    successors = connection.scalars(select(Log.id).where(Log.kind == "kiosk", is_said)).all()
    if not successors:
        return []
    rows = connection.execute(
        select(Log.id, Log.name, LogEntry.body)
        .join(LogEntry, (LogEntry.log == Log.id) & (LogEntry.seq == SUCCEED_SEQ))
        .where(LogEntry.log.in_(successors), func.substr(LogEntry.body, 2, len(_TAG)) == _TAG)
        .order_by(Log.name, LogEntry.hash)
    )
    found = [(number, name, understand(bytes(body))) for number, name, body in rows]
    said = [Said(number, name, e) for number, name, e in found if isinstance(e, Succeed)]
    keys = _keys(connection, {s.entry.log for s in said})
    return [
        s
        for s in said
        if s.entry.log in keys and is_proved(s.entry, LogId(s.name), keys[s.entry.log])
    ]


def ended(connection: Connection, said: list[Said]) -> set[str]:
    """Give the logs that go on nowhere: all that was recorded in them is held."""
    named: dict[str, set[tuple[int, bytes]]] = {}
    for each in said:
        named.setdefault(each.entry.log, set()).add((each.entry.seq, each.entry.hash))
    return {log for log, heads in named.items() if _is_whole(connection, log, heads)}


def waiting(connection: Connection, said: list[Said]) -> list[Waiting]:
    """Give the pending logs."""
    found = []
    for each in said:
        place = place_of(connection, each.name)
        if place is not None and place.predecessor:
            query = select(LogState.frontier_ms).where(LogState.log == each.successor)
            until = connection.scalar(query)
            found.append(Waiting(place.site, _since_ms(connection, each), until or 0, each.name))
    return found


def _since_ms(connection: Connection, said: Said) -> int:
    """Give when a pending log began: the server's time of its first contact or, without one, its own clock's."""
    bodies = connection.scalars(
        select(LogEntry.body)
        .where(LogEntry.log == said.successor, LogEntry.seq <= FIRST_ENTRIES)
        .order_by(LogEntry.seq, LogEntry.hash)
    )
    entries = (understand(bytes(body)) for body in bodies)
    told = (entry.server_ms for entry in entries if isinstance(entry, Anchor))
    return next(told, said.entry.wall_ms)


def _keys(connection: Connection, names: set[str]) -> Mapping[str, bytes]:
    keys = {}
    for name in sorted(names):
        query = select(Log.public_key).where(Log.name == name, Log.kind == "kiosk")
        key = connection.scalar(query)
        if key is not None:
            keys[name] = bytes(key)
    return keys


def _is_whole(connection: Connection, name: str, heads: set[tuple[int, bytes]]) -> bool:
    log = connection.scalar(select(Log.id).where(Log.name == name))
    if log is None:
        return False
    ranges = read_ranges(connection, log)
    inner = {held.previous for held in ranges}
    tips = {(held.last, bytes(held.head)) for held in ranges if held.head not in inner}
    return tips <= heads and all(
        (seq, entry_hash) in tips or seq == 0 or _is_held(connection, log, seq, entry_hash)
        for seq, entry_hash in heads
    )


def _is_held(connection: Connection, log: int, seq: int, entry_hash: bytes) -> bool:
    hashes = connection.scalars(
        select(LogEntry.hash).where(LogEntry.log == log, LogEntry.seq == seq)
    )
    return entry_hash in {bytes(found) for found in hashes}
