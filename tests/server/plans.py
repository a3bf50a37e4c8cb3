"""How a database means to answer what some code really asks: its own statements and values, explained."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event


def plans(connection: Connection, ask: Callable[[], object]) -> list[str]:
    """Run something, and give the plan of each SELECT that it made on this connection."""
    asked: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            asked.append((sql, values))

    event.listen(connection, "before_cursor_execute", listen)
    try:
        ask()
    finally:
        event.remove(connection, "before_cursor_execute", listen)
    assert asked, "nothing was asked"
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [
        "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(explain + sql, values))
        for sql, values in asked
    ]
