"""What things are called now, for the codes on one page; people's names are masked by whoever shows them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from server.imports.columns import Kind
from server.people import now

Names = Mapping[str, Mapping[str, str]]
"""Names by kind and code."""


def called(connection: Connection, kind: Kind, rows: Iterable[Mapping[str, object]]) -> Names:
    """Give the names of whatever these rows of a kind refer to: one question for each kind that they name."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for column in kind.columns:
            if column.refers in now.KEPT and row.get(column.field):
                wanted.setdefault(column.refers, set()).add(str(row[column.field]))
    return {refers: _names(connection, refers, codes) for refers, codes in wanted.items()}


def _names(connection: Connection, kind: str, codes: Iterable[str]) -> Mapping[str, str]:
    kept = now.KEPT[kind]
    table = now.table_of(kept.now)
    key = table.c[kept.key]
    asked = select(key, table.c.name).where(key.in_(sorted(codes)))
    return {row[0]: row[1] for row in connection.execute(asked)}
