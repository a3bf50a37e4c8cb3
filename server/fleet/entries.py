"""The entries of a log as a list to pick one from: what kind each is and when it was written. Nothing of any person."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.entry import Anchor, Scan
from server.models.log import LogEntry
from sync.canonical import Strange, understand


class Written(NamedTuple):
    """An entry. wall_ms: by the kiosk's clock (0: it cannot be read). server_ms: of an anchor, the server's time."""

    seq: int
    hash: bytes
    kind: str
    direction: str
    wall_ms: int
    server_ms: int


def list_entries(connection: Connection, log: int, *, before: int, limit: int) -> Sequence[Written]:
    """Give entries of a log, the last first, from the seq below `before` on (0: from the last)."""
    query = select(LogEntry.seq, LogEntry.hash, LogEntry.body).where(LogEntry.log == log)
    if before:
        query = query.where(LogEntry.seq < before)
    ordered = query.order_by(LogEntry.seq.desc(), LogEntry.slot).limit(limit)
    return [_written(seq, bytes(hash_), bytes(b)) for seq, hash_, b in connection.execute(ordered)]


def _written(seq: int, entry_hash: bytes, body: bytes) -> Written:
    entry = understand(body)
    if isinstance(entry, Strange):
        return Written(seq, entry_hash, "strange", "", 0, 0)
    return Written(
        seq,
        entry_hash,
        str(entry.__struct_config__.tag),
        entry.direction if isinstance(entry, Scan) else "",
        entry.wall_ms,
        entry.server_ms if isinstance(entry, Anchor) else 0,
    )
