"""The entries of a log as a list to pick one from: what kind each is and when it was written. Nothing of any person."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, false, or_, select

from schemas.entry import Anchor, Scan
from server.models.log import LogEntry
from sync.canonical import Strange, understand


class Written(NamedTuple):
    """An entry. wall_ms: by the kiosk's clock (0: it cannot be read). server_ms: of an anchor, the server's time.

    slot: which of several with this seq (branches).
    """

    seq: int
    hash: bytes
    kind: str
    direction: str
    wall_ms: int
    server_ms: int
    slot: int


def list_entries(
    connection: Connection, log: int, *, before: int, limit: int, slot: int | None = None
) -> Sequence[Written]:
    """Give entries of a log, the last first, from the seq below `before` on (0: from the last).

    slot: from behind this one of the seq `before` itself, which a page may have cut.
    """
    at = LogEntry
    query = select(at.seq, at.hash, at.body, at.slot).where(at.log == log)
    if before:
        rest = false() if slot is None else and_(at.seq == before, at.slot > slot)
        query = query.where(or_(at.seq < before, rest))
    rows = connection.execute(query.order_by(at.seq.desc(), at.slot).limit(limit))
    return [_written(row.seq, bytes(row.hash), bytes(row.body), row.slot) for row in rows]


def _written(seq: int, entry_hash: bytes, body: bytes, slot: int) -> Written:
    entry = understand(body)
    if isinstance(entry, Strange):
        return Written(seq, entry_hash, "strange", "", 0, 0, slot)
    return Written(
        seq,
        entry_hash,
        str(entry.__struct_config__.tag),
        entry.direction if isinstance(entry, Scan) else "",
        entry.wall_ms,
        entry.server_ms if isinstance(entry, Anchor) else 0,
        slot,
    )
