"""The facts as a close covered them, in a database of their own: for checking that what was frozen follows from exactly these.

It is an embedded one, whatever the server runs on: the same facts mean the same there. Nothing is written to the server's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, MetaData, RowMapping, Table, delete, insert, select

from schemas.central_entry import Covered
from server.books.derive.drain import drain
from server.central_order import order_of, ranks
from server.database import Database, open_database
from server.models import everything
from server.models.central_place import CentralPlace
from server.models.log import Log, LogEntry, LogRange
from server.schema import make_derived
from sync.chain import link
from sync.ids import genesis

ROWS_AT_A_TIME = 5_000
Keeps = Callable[[RowMapping], bool]
Entry = tuple[int, int, bytes, bytes]
"""seq, slot, hash, body."""

_LEFT_OUT = frozenset(
    {
        *("log_entry", "log_range", "head_signature", "set_aside", "person_queue", "staff"),
        *("enrolment_code", "enrolment_attempt", "job_run", "alarm", "deposit_head"),
        *("feed_touch", "feed_row", "feed_head", "feed_floor", "snapshot_part"),
        *("certificate", "certificate_end"),
        *("star_list", "star_list_part", "star_objection", "star_list_end"),
    }
)
"""Tables that say nothing about what facts mean, and the two that are cut to what is covered."""


class NotCovered(Exception):
    """Something that the close covers is not there: the message says what."""


@contextmanager
def as_covered(
    connection: Connection, ranges: Sequence[Covered], order: int, server_key: bytes
) -> Iterator[Database]:
    """Make a database of these ranges and of what was said centrally before `order`, derived. Raise `NotCovered`."""
    with TemporaryDirectory(prefix="as-covered-") as folder:
        database = open_database(Path(folder))
        try:
            make_derived(database)
            with database.write_facts() as copy:
                _facts().create_all(copy)
                _copy_tables(connection, copy, _filters(connection, ranges, order))
                for name in sorted({name for name, *_ in ranges}):
                    _copy_log(connection, copy, name, [r for r in ranges if r[0] == name])
            drain(database, server_key)
            yield database
        finally:
            database.close()


def _filters(connection: Connection, ranges: Sequence[Covered], order: int) -> dict[str, Keeps]:
    """Say, by table or by column, which rows stood before that place in central order."""
    rank = ranks(connection)
    rows = connection.execute(select(CentralPlace)).all()
    said = {bytes(p.hash): p for p in rows if order_of(rank[p.log], p.seq) < order}
    entered = max((place.entered for place in said.values()), default=0)
    names = {name for name, *_ in ranges}
    closes = {
        (row["site"], row["month"])
        for row in _rows(connection, "period_close")
        if bytes(row["hash"]) in said
    }
    by_hash: Keeps = lambda row: bytes(row["hash"]) in said  # noqa: E731 # one of many alike
    by_entry: Keeps = lambda row: bytes(row["entry_hash"]) in said  # noqa: E731 # as above
    by_close: Keeps = lambda row: (row["site"], row["month"]) in closes  # noqa: E731 # as above
    return {
        "log": lambda row: row["name"] in names or row["kind"] == "central",
        **dict.fromkeys(("enrolment", "log_revocation", "badge_revocation", "badge_key"), by_entry),
        **dict.fromkeys(
            (
                "central_place",
                "decision",
                "merger",
                "merger_end",
                "correction",
                "correction_answer",
            ),
            by_hash,
        ),
        **dict.fromkeys(("period_close", "frozen_posting", "frozen_record"), by_close),
        "entered": lambda row: row["entered"] <= entered,
    }


def _copy_tables(source: Connection, copy: Connection, keeps: Mapping[str, Keeps]) -> None:
    for table in _tables():
        if table.schema is not None or table.name in _LEFT_OUT:
            continue
        is_dated = "entered" in table.columns and table.name != "central_place"
        keep = keeps.get("entered" if is_dated else table.name, _always)
        copy.execute(delete(table))
        some: list[dict[str, Any]] = []
        for row in source.execution_options(yield_per=ROWS_AT_A_TIME).execute(select(table)):
            if keep(row._mapping):  # its public name
                some.append(dict(row._mapping))  # its public name
            if len(some) == ROWS_AT_A_TIME:
                copy.execute(insert(table), some)
                some = []
        if some:
            copy.execute(insert(table), some)


def _always(_row: RowMapping) -> bool:
    return True


def _copy_log(source: Connection, copy: Connection, name: str, ranges: Sequence[Covered]) -> None:
    """Copy what is covered of one log: from each head back to where its range began."""
    log = source.execute(select(Log).where(Log.name == name, Log.kind == "kiosk")).one_or_none()
    if log is None:
        raise NotCovered(f"{name}: the log is not there")
    kept: dict[bytes, Entry] = {}
    for _, first, last, head in ranges:
        previous = _walk_back(source, log.id, first, last, head, kept)
        if first == 1 and previous != genesis(bytes(log.public_key)):
            raise NotCovered(f"{name}: the chain does not begin with its key")
        values = {"log": log.id, "head": head, "first": first, "last": last, "previous": previous}
        copy.execute(insert(LogRange), values)
    rows = [
        {"log": log.id, "seq": seq, "slot": slot, "hash": hash_, "body": body}
        for seq, slot, hash_, body in kept.values()
    ]
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        copy.execute(insert(LogEntry), rows[start : start + ROWS_AT_A_TIME])


def _walk_back(
    source: Connection, log: int, first: int, last: int, head: bytes, kept: dict[bytes, Entry]
) -> bytes:
    """Keep the entries of a range, from its head back, link by link; give the hash before the first."""
    by_seq: dict[int, list[Entry]] = {}
    query = select(LogEntry.seq, LogEntry.slot, LogEntry.hash, LogEntry.body)
    found = source.execute(query.where(LogEntry.log == log, LogEntry.seq.between(first - 1, last)))
    for seq, slot, hash_, body in found:
        by_seq.setdefault(seq, []).append((seq, slot, bytes(hash_), bytes(body)))
    wanted = head
    for seq in range(last, first - 1, -1):
        entry = next((each for each in by_seq.get(seq, ()) if each[2] == wanted), None)
        if entry is None:
            raise NotCovered(f"entry {seq} of a covered range is not there")
        kept[entry[2]] = entry
        before = [each[2] for each in by_seq.get(seq - 1, ())]
        before += _known_previous(source, log, seq)
        wanted = next((hash_ for hash_ in before if link(hash_, entry[3]) == entry[2]), b"")
    return wanted


def _known_previous(source: Connection, log: int, seq: int) -> list[bytes]:
    """Give the hashes before an entry that begins a range: of a gap, or the log's key."""
    query = select(LogRange.previous).where(LogRange.log == log, LogRange.first == seq)
    return [bytes(previous) for previous in source.scalars(query)]


def _rows(connection: Connection, name: str) -> Iterator[RowMapping]:
    table = next(t for t in _tables() if t.name == name)
    for row in connection.execute(select(table)):
        yield row._mapping  # its public name


def _facts() -> MetaData:
    facts, _derived = everything()
    return facts


def _tables() -> list[Table]:
    return [table for metadata in everything() for table in metadata.sorted_tables]
