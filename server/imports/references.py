"""Codes that point nowhere yet: a warning, never a refusal, because files may come in any order."""

from collections.abc import Sequence, Set

from sqlalchemy import Connection, select

from server.imports.cells import Cell
from server.imports.columns import Kind, Row
from server.imports.kinds import KINDS

UNKNOWN_REFERENCE = "unknown_reference"


def refers_to_itself(kind: Kind) -> bool:
    """Tell whether rows of this kind name others of it, as regions do their parents."""
    return any(column.refers == kind.name for column in kind.columns)


def unknown_references(
    connection: Connection, kind: Kind, rows: Sequence[Row], own: Set[Cell]
) -> int:
    """Count the rows of a chunk that name something nobody has imported. own: codes that the same file brings."""
    unknown: set[int] = set()
    for index, column in enumerate(kind.columns):
        if column.refers:
            named = {row[index] for row in rows if row[index]}
            known = _known(connection, column.refers, named)
            missing = named - known - (own if column.refers == kind.name else set())
            unknown.update(place for place, row in enumerate(rows) if row[index] in missing)
    return len(unknown)


def _known(connection: Connection, kind_name: str, codes: Set[Cell]) -> set[Cell]:
    if not codes:
        return set()
    kind = KINDS[kind_name]
    code = kind.model.__table__.c[kind.key[0]]
    asked = select(code).where(code.in_(sorted(map(str, codes)))).distinct()
    return set(connection.scalars(asked))
