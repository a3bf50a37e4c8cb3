"""What a server asks its database while something is done, and how the database would go about it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from server.database import Database

LARGE = ("record", "shift", "log_entry", "volunteer", "finding", "assignment", "loose_scan", "mark")
"""Tables of millions of rows, which nobody reads whole for a page."""


@dataclass(slots=True)
class Asked:
    """Statements with their parameters, in order."""

    database: Database
    all: list[tuple[str, Any]] = field(default_factory=list)

    def plans(self) -> list[str]:
        """Give how the database would answer each question; indexes count, whatever a small table may be read like."""
        with self.database.read() as connection:
            if not self.database.is_sqlite:
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN QUERY PLAN " if self.database.is_sqlite else "EXPLAIN "
            return [
                "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + sql, params))
                for sql, params in self.all
                if sql.lstrip().upper().startswith(("SELECT", "WITH"))
            ]

    def read_whole(self) -> list[str]:
        """Give the plans that go through a whole large table, or a whole index of one."""
        names = "|".join(LARGE)
        sqlite = rf"\bSCAN (?:derived\.)?(?:{names})(?:_\d+)?\b"
        postgresql = rf"Seq Scan on (?:{names})\b"
        pattern = sqlite if self.database.is_sqlite else postgresql
        return [plan for plan in self.plans() if re.search(pattern, plan)]


@contextmanager
def asked_of(database: Database) -> Iterator[Asked]:
    """Listen to what is asked within."""
    asked = Asked(database)
    engines = {id(engine): engine for engine in (database.facts, database.derived)}.values()

    def listen(_c: object, _cursor: object, sql: str, params: Any, *_rest: object) -> None:
        asked.all.append((sql, params))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)
