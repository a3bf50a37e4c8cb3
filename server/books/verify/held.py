"""What is held of one log, as the tables have it, and what is wrong there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from server.models.log import LogEntry

ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it was written. log: whose chain; seq: where (0: the log as a whole)."""

    log: str
    seq: int
    what: str


def octets(value: object) -> bytes:
    """Give stored bytes; what is of another type is not what was written, and matches nothing."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def entries(connection: Connection, log: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Give seq, hash and body of every entry, in order, in bounded memory."""
    seq, slot = 0, -1
    while True:
        rows = connection.execute(
            select(LogEntry.seq, LogEntry.slot, LogEntry.hash, LogEntry.body)
            .where(LogEntry.log == log)
            .where((LogEntry.seq > seq) | ((LogEntry.seq == seq) & (LogEntry.slot > slot)))
            .order_by(LogEntry.seq, LogEntry.slot)
            .limit(ROWS_AT_A_TIME)
        ).all()
        if not rows:
            return
        for row in rows:
            yield row.seq, octets(row.hash), octets(row.body)
        seq, slot = rows[-1].seq, rows[-1].slot


def entries_at(connection: Connection, log: int, seq: int) -> list[tuple[bytes, bytes]]:
    """Give hash and body of the entries at a seq."""
    rows = connection.execute(
        select(LogEntry.hash, LogEntry.body).where(LogEntry.log == log, LogEntry.seq == seq)
    )
    return [(octets(entry_hash), octets(body)) for entry_hash, body in rows]


def count_rows(connection: Connection, table: str, log: int) -> int:
    """Count the rows of a table that are of this log."""
    query = text(f"SELECT COUNT(*) FROM {table} WHERE log = :log")  # noqa: S608 # two names of our own
    return int(connection.execute(query, {"log": log}).scalar_one())
