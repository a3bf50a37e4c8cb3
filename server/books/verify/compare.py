"""Compare what is stored with what follows from the facts: derived again, in a transaction that is undone, figure by figure.

Nobody sees anything of it, and nothing is changed. Rows are compared by sums of hashes, so that their order means nothing and
memory does not grow with them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random

from sqlalchemy import Connection, Table, delete, func, select

from server.books.derive.drain import derive_waiting, drain
from server.books.derive.kiosk_logs import kiosk_logs
from server.books.derive.log_work import LogWork
from server.books.derive.people import derive_people
from server.books.derive.rebuild import derive_all
from server.books.derive.stored import KioskLog
from server.database import Database
from server.models.adjustment import AdjustmentRow
from server.models.base import Derived
from server.models.derived import (
    FindingRow,
    LogState,
    LooseScan,
    Mark,
    PostingPart,
    RecordRow,
    SaidRow,
)
from server.models.group import GroupHoldRow
from server.models.log import Log
from server.people.roster import in_parts

Progress = Callable[[str, int, int], None]
ROWS_AT_A_TIME = 2_000
BUCKETS = 4_096
"""Sums kept of all rows: what differs is first told by bucket, and only there one by one."""
LISTED_MAX = 1_000

_OF: tuple[tuple[type[Derived], str], ...] = (
    (RecordRow, "who"),
    (LooseScan, "who"),
    (PostingPart, "who"),
    (FindingRow, "about"),
    (AdjustmentRow, "who"),
    (SaidRow, "who"),
    (GroupHoldRow, "who"),
    (Mark, "log"),
    (LogState, "log"),
)
"""Derived tables, and whom or what a row is about: first those that deriving a person writes."""
_OF_PERSON = 5


@dataclass(frozen=True, slots=True)
class Differences:
    """What was derived again, and about whom (numbers) or which logs (ids) what is stored differs: at most `LISTED_MAX`."""

    logs: int
    people: int
    about: list[str] = field(default_factory=list)


def compare_all(database: Database, server_key: bytes, progress: Progress) -> Differences:
    """Derive everything again and compare. It takes as long as a rebuild, and nobody derives meanwhile."""
    drain(database, server_key)
    with database.exclusive("derive"):
        with _undone(database) as connection:
            derive_waiting(connection, server_key)
            before = _by_bucket(connection)
            done = derive_all(connection, server_key, progress)
            after = _by_bucket(connection)
            doubtful = {n for n in range(BUCKETS) if before[n] != after[n]}
            rebuilt = _one_by_one(connection, doubtful)
        with _undone(database) as connection:
            derive_waiting(connection, server_key)
            stored = _one_by_one(connection, doubtful)
            differing = {
                one for one in stored.keys() | rebuilt.keys() if stored.get(one) != rebuilt.get(one)
            }
            return Differences(done.logs, done.people, _named(connection, differing))


def compare_people(
    database: Database, server_key: bytes, chance: Random, *, logs: int, people: int
) -> Differences:
    """Derive so many logs again, and so many people, drawn by chance, and compare."""
    drain(database, server_key)
    with database.exclusive("derive"), _undone(database) as connection:
        derive_waiting(connection, server_key)
        numbered = kiosk_logs(connection)
        drawn = chance.sample(sorted(numbered), min(logs, len(numbered)))
        trial = _Trial(connection, numbered, server_key)
        said = _of_said(connection)
        for number in sorted(drawn):
            trial.derive_log(number)
        again = _of_said(connection)
        otherwise = {who for who in said | again if said.get(who) != again.get(who)}
        trial.derive_people(_draw_people(connection, chance, people))
        about = sorted(otherwise.union(trial.differing()))[:LISTED_MAX]
        return Differences(len(drawn), len(trial.stored), about)


@dataclass(slots=True)
class _Trial:
    """What was stored of those derived again: sums by person."""

    connection: Connection
    logs: dict[int, KioskLog]
    server_key: bytes
    stored: dict[str, int] = field(default_factory=dict)

    def derive_log(self, number: int) -> None:
        connection = self.connection
        version = connection.scalar(select(Log.version).where(Log.id == number)) or 0
        connection.execute(delete(LogState).where(LogState.log == number))
        work = LogWork(connection, self.logs[number], version)
        work.begin(self.server_key)
        for window in work.derive():
            self._remember({scan.who for scan in window.scans})
            derive_people(connection, window.scans, (), self.logs)

    def derive_people(self, people: Collection[str]) -> None:
        self._remember(people)
        derive_people(self.connection, (), sorted(people), self.logs)

    def differing(self) -> list[str]:
        now = _of_people(self.connection, self.stored)
        return sorted(who for who, total in self.stored.items() if now[who] != total)[:LISTED_MAX]

    def _remember(self, people: Iterable[str]) -> None:
        new = [who for who in people if who not in self.stored]
        self.stored.update(_of_people(self.connection, new))


class _Undone(Exception):
    """Ends a transaction without a trace."""


@contextmanager
def _undone(database: Database) -> Iterator[Connection]:
    """Open a transaction as for deriving, of which nothing stays."""
    with suppress(_Undone), database.write_derived() as connection:
        yield connection
        raise _Undone


def _draw_people(connection: Connection, chance: Random, count: int) -> set[str]:
    """Draw people who have a record. Who has many is drawn more often, which does no harm."""
    highest = connection.scalar(select(func.max(RecordRow.row))) or 0
    drawn = (chance.randint(1, highest) for _ in range(count if highest else 0))
    query = select(RecordRow.who).order_by(RecordRow.row).limit(1)
    return {connection.execute(query.where(RecordRow.row >= at)).scalar_one() for at in drawn}


def _by_bucket(connection: Connection) -> list[int]:
    sums = [0] * BUCKETS
    for model, key in _OF:
        for about, total in _sums(connection, model, key):
            bucket = _bucket(model, about)
            sums[bucket] = (sums[bucket] + total) & _MASK
    return sums


def _one_by_one(connection: Connection, buckets: Collection[int]) -> dict[tuple[bool, object], int]:
    """Give the sums in these buckets by whom they are about, and whether that is a log's number."""
    sums: dict[tuple[bool, object], int] = {}
    if not buckets:
        return sums
    for model, key in _OF:
        for about, total in _sums(connection, model, key):
            if _bucket(model, about) in buckets:
                one = (key == "log", about)
                sums[one] = (sums.get(one, 0) + total) & _MASK
    return sums


def _of_people(connection: Connection, people: Collection[str]) -> dict[str, int]:
    sums = dict.fromkeys(people, 0)
    for some in in_parts(list(sums)):
        for model, key in _OF[:_OF_PERSON]:
            for about, total in _sums(connection, model, key, some):
                sums[str(about)] = (sums[str(about)] + total) & _MASK
    return sums


def _of_said(connection: Connection) -> dict[str, int]:
    """Give the sums of what voids and walk-ins said, of everyone: deriving a log writes it, whomever it is about."""
    sums: dict[str, int] = {}
    for about, total in _sums(connection, SaidRow, "who"):
        sums[str(about)] = (sums.get(str(about), 0) + total) & _MASK
    return sums


def _sums(
    connection: Connection, model: type[Derived], key: str, people: Collection[str] | None = None
) -> Iterator[tuple[object, int]]:
    """Give each row's key and hash. The number of a row means nothing, and is left out."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is not a plain table")
    columns = [column for column in table.columns if column.name != "row"]
    at = [column.name for column in columns].index(key)
    query = select(*columns)
    if people is not None:
        query = query.where(table.columns[key].in_(people))
    for row in connection.execute(query.execution_options(yield_per=ROWS_AT_A_TIME)):
        plain = tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        digest = blake2b(repr((table.name, plain)).encode(), digest_size=16).digest()
        yield plain[at], int.from_bytes(digest, "big")


def _bucket(model: type[Derived], about: object) -> int:
    digest = blake2b(f"{model in (Mark, LogState)} {about}".encode(), digest_size=2).digest()
    return int.from_bytes(digest, "big") % BUCKETS


def _named(connection: Connection, differing: Iterable[tuple[bool, object]]) -> list[str]:
    rows = connection.execute(select(Log.id, Log.name)).all()
    logs: dict[object, str] = {row.id: row.name for row in rows}
    names = {str(logs.get(one, one) if is_log else one) for is_log, one in differing}
    return sorted(names)[:LISTED_MAX]


_MASK = 2**128 - 1
