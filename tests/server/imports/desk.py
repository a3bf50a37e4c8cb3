"""A database and a pen for imports: what was recorded and who was queued can be looked at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, text

from server.access.part import EVERYTHING, Part
from server.books.dates import DAY_MS
from server.database import Database, open_database
from server.imports.change import Author
from server.imports.import_file import Ports, Wish, import_file
from server.imports.kinds import KINDS
from server.imports.report import Report
from server.models import everything
from server.models.base import Base

TODAY = 19_083  # 2022-04-01


@dataclass
class Desk:
    folder: Path
    database: Database
    changes: list[tuple[str, int, bytes]] = field(default_factory=list)
    queued: list[str | None] = field(default_factory=list)

    def record(
        self, _connection: Connection, table: str, rows: int, digest: bytes, by: str
    ) -> None:
        self.changes.append((table, rows, digest))

    def queue(self, _connection: Connection, people: Iterable[str] | None) -> None:
        self.queued.extend([None] if people is None else people)

    def give(
        self,
        kind: str,
        content: str | bytes,
        day: int = TODAY,
        by: str = "",
        part: Part = EVERYTHING,
        **how: bool,
    ) -> Report:
        """Import this content."""
        file = self.folder / "file"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        author = Author(by, TODAY * DAY_MS)
        ports = Ports(self.record, self.queue, lambda _doing, _count: None)
        return import_file(self.database, Wish(KINDS[kind], file, day, author, part, **how), ports)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


def open_desk(folder: Path, url: str = "") -> Desk:
    """Make tables in an empty database: on SQLite, unless a URL is given."""
    list(everything())
    database = open_database(folder / "home", url)
    with database.write_facts() as connection:
        Base.metadata.create_all(connection)
    return Desk(folder, database)


def codes(report: Report) -> list[tuple[int, str, str]]:
    """Give line, column and code of what was wrong."""
    return [(error.line, error.column, error.code) for error in report.errors]
