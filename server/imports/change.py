"""A change of reference data as a whole: its number, its row, and the central `set` entry that says the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, text

from server.imports.write_rows import Writer
from server.models.dated import ReferenceChange


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and when. by: name of the account, "" for the command line. at_ms: server time."""

    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Pens:
    """What a change needs from outside.

    record_change: appends the central `set` entry (kind, rows changed, digest, by). queue_people: these people, or everyone
    (None), are to be derived again.
    """

    record_change: Callable[[Connection, str, int, bytes, str], None]
    queue_people: Callable[[Connection, Iterable[str] | None], None]


def next_entered(connection: Connection, *, lock: bool) -> int:
    """Number this change. On SQLite the transaction has the only pen anyway."""
    if lock and connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE reference_change IN SHARE ROW EXCLUSIVE MODE"))
    return int(connection.scalar(select(func.max(ReferenceChange.entered))) or 0) + 1


def record(connection: Connection, writer: Writer, rows: int, author: Author, pens: Pens) -> None:
    """Write down that so many rows were changed, in the transaction that changed them."""
    change = {
        "entered": writer.entered,
        "kind": writer.kind.name,
        "day": writer.day,
        "rows": rows,
        "digest": writer.digest,
        "by": author.by,
        "at_ms": author.at_ms,
    }
    connection.execute(insert(ReferenceChange).values(change))
    if not writer.kind.person:
        pens.queue_people(connection, None)
    pens.record_change(connection, writer.kind.name, rows, writer.digest, author.by)
