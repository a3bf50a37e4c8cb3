"""Writing checked rows: what differs from the version in force becomes a new version; nothing is updated in place.

A chunk costs one question for the versions in force and one insert. The digest is SHA-256 over the changed rows in the order
of the file, each as a msgpack array of the table's columns without `entered`, with "" for what is not known.
"""

import hashlib
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select, tuple_

from server import bulk
from server.imports.cells import Cell
from server.imports.columns import Kind, Row
from server.models.dated import ALWAYS
from server.people import now
from server.people.staged_words import StagedWords

_pack = msgspec.msgpack.encode
Key = tuple[Cell, ...]
Notice = Callable[[Sequence[Cell] | None, Sequence[Cell]], None]
"""Told what stood (None: nothing) and what is to stand."""
Fence = Callable[[Connection, Sequence[Row]], Set[int]]
"""Gives the places of the rows that whoever writes may not write."""


def no_fence(_connection: Connection, _rows: Sequence[Row]) -> Set[int]:
    """Let everything be written."""
    return frozenset()


def ignore(_before: Sequence[Cell] | None, _after: Sequence[Cell]) -> None:
    """Notice nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a chunk. people: numbers of those whose rows changed. outside: places of rows behind the fence."""

    added: int
    changed: int
    unchanged: int
    people: list[str]
    outside: Set[int] = frozenset()


@dataclass(slots=True)
class Writer:
    """Compares and writes the chunks of one import.

    day: from which changed versions hold. today: the local date, as of which is kept what is in force now. entered: number of
    this change. absent: columns that the file does not have. notice: told each change. fence: keeps out what
    whoever writes may not write.
    """

    kind: Kind
    day: int
    today: int
    entered: int
    absent: tuple[int, ...]
    dry_run: bool
    notice: Notice = ignore
    fence: Fence = no_fence
    _digest: Any = field(default_factory=hashlib.sha256)
    _staged: StagedWords | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 over all rows changed so far."""
        return bytes(self._digest.digest())

    def write(self, connection: Connection, rows: Sequence[Row]) -> Written:
        """Write the rows that differ from what is in force, in the caller's transaction."""
        kind = self.kind
        keys = [kind.index(name) for name in kind.key]
        standing = self._in_force(connection, [tuple([row[k] for k in keys]) for row in rows], keys)
        befores = [standing.get(tuple([row[k] for k in keys])) for row in rows]
        self._fill(rows, befores)
        outside = self.fence(connection, rows)  # also of what changes nothing: nobody learns that
        fresh: list[tuple[Cell, ...]] = []
        people: list[str] = []
        added = 0
        for place, (row, before) in enumerate(zip(rows, befores, strict=True)):
            if place in outside or before == tuple(row):
                continue
            added += before is None
            self.notice(before, row)
            fresh.append(self._version(row, is_first=before is None))
            if kind.person:
                people.append(str(row[kind.index(kind.person)]))
        self._keep(connection, fresh)
        unchanged = len(rows) - len(fresh) - len(outside)
        return Written(added, len(fresh) - added, unchanged, people, outside)

    def _fill(self, rows: Sequence[Row], befores: Sequence[Sequence[Cell] | None]) -> None:
        """Let stand what the file does not have."""
        for row, before in zip(rows, befores, strict=True):
            if before is not None:
                for index in self.absent:
                    row[index] = before[index]

    def stage(self, connection: Connection) -> None:
        """Let the words of people wait for `finish`: for many, that are written at a fraction of the cost together."""
        self._staged = StagedWords(connection)

    def finish(self) -> None:
        """Write what waits for the end of the import, in the same transaction."""
        if self._staged is not None:
            self._staged.flush()

    def _keep(self, connection: Connection, fresh: Sequence[tuple[Cell, ...]]) -> None:
        for version in fresh:
            self._digest.update(_pack(["" if value is None else value for value in version[:-1]]))
        if not self.dry_run:
            bulk.insert(connection, self.kind.model, fresh)
            place = [column.name for column in _table(self.kind).columns].index(self.kind.key[0])
            keys = [str(row[place]) for row in fresh]
            now.keep(connection, self.kind.name, keys, self.today, self._staged)

    def _version(self, row: Row, *, is_first: bool) -> tuple[Cell, ...]:
        """Give the row of the table: its own columns in order, then `valid_from` and `entered`."""
        values: dict[str, Cell] = {"valid_from": ALWAYS if is_first else self.day}
        values.update(zip([column.field for column in self.kind.columns], row, strict=True))
        values["entered"] = self.entered
        return tuple([values[column.name] for column in _table(self.kind).columns])

    def _in_force(
        self, connection: Connection, keys: Sequence[Key], places: Sequence[int]
    ) -> dict[Key, tuple[Cell, ...]]:
        """Read the versions that hold on the day, by key; of several the last stands."""
        columns = _table(self.kind).c
        fields = [columns[column.field] for column in self.kind.columns]
        if len(places) == 1:
            wanted = columns[self.kind.key[0]].in_([key[0] for key in keys])
        else:
            wanted = tuple_(*[columns[name] for name in self.kind.key]).in_(keys)
        asked = select(*fields).where(wanted)
        if not self.kind.own_dates:
            asked = asked.where(columns.valid_from <= self.day)
        found: dict[Key, tuple[Cell, ...]] = {}
        for row in connection.execute(asked.order_by(columns.valid_from, columns.entered)):
            found[tuple([row[place] for place in places])] = tuple(row)
        return found


def _table(kind: Kind) -> Table:
    table = kind.model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{kind.name}: not a plain table")
    return table
