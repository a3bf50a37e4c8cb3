"""Homes on PostgreSQL: the same keys, and in a database of their own the same rows as a home on SQLite has."""

import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Table, insert, select, text

from server.config import Config
from server.database import Database, open_database
from server.migrate import upgrade
from server.models import everything
from tests.postgresql.cluster import Cluster

ROWS_AT_A_TIME = 1_000
_numbers = count()
"""One for the process: fixtures of two folders may make homes side by side."""


@dataclass(slots=True)
class PostgresqlHomes:
    """Makes databases in a cluster. worker: part of their names, so that processes do not meet."""

    cluster: Cluster
    worker: str
    _templates: dict[Path, str] = field(default_factory=dict)
    _opened: list[str] = field(default_factory=list)

    def empty(self) -> str:
        """Give the URL of a database with nothing in it."""
        self._opened.append(self._name())
        return self.cluster.create(self._opened[-1])

    def copy(self, source: Path, home: Path) -> Config:
        """Copy a home, on whichever database, to a new one on PostgreSQL."""
        shutil.copytree(source, home, ignore=shutil.ignore_patterns("*.db", "*.db-*", "*.lock"))
        if source not in self._templates:
            self._templates[source] = self._twin(source)
        name = self._name()
        self._templates[home] = name  # it can be copied, too, once it is closed
        self._opened.append(name)
        return Config(home, self.cluster.create(name, self._templates[source]))

    def forget(self) -> None:
        """Drop what a test copied."""
        while self._opened:
            self.cluster.drop(self._opened.pop())

    def _name(self) -> str:
        return f"{self.worker}_{next(_numbers)}"

    def _twin(self, source: Path) -> str:
        """Make a database with the rows of a home on SQLite."""
        name = self._name()
        here = open_database(source)
        there = open_database(source, self.cluster.create(name, self._migrated()))
        with here.read() as old, there.derived.begin() as new:
            for metadata in everything():
                for table in metadata.sorted_tables:
                    _copy_rows(old, new, table)
        here.close()
        there.close()
        return name

    def _migrated(self) -> str:
        key = Path()
        if key not in self._templates:
            name = self._name()
            database: Database = open_database(Path("/nowhere"), self.cluster.create(name))
            upgrade(database)
            database.close()
            self._templates[key] = name
        return self._templates[key]


def _copy_rows(old: Connection, new: Connection, table: Table) -> None:
    rows = [dict(row._mapping) for row in old.execute(select(table))]
    for at in range(0, len(rows), ROWS_AT_A_TIME):
        new.execute(insert(table), rows[at : at + ROWS_AT_A_TIME])
    counted = table.autoincrement_column
    if rows and counted is not None:
        highest = max(row[counted.name] for row in rows)
        sequence = select(
            text(f"setval(pg_get_serial_sequence('{table.fullname}', '{counted.name}'), {highest})")
        )
        new.execute(sequence)
