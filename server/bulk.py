"""Writing and reading many rows at once, at the driver's level: no ORM and no statement building on the ingest path."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.orm import DeclarativeBase

Rows = Sequence[tuple[Any, ...]]


def insert(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Append rows: tuples in the order of the table's columns, without one that counts by itself."""
    _write(connection, model, rows, "")


def insert_missing(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Append rows; leave those alone whose key is there already."""
    _write(connection, model, rows, " ON CONFLICT DO NOTHING")


def upsert(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Append rows; where the key is there already, take the new values."""
    table = _table(model)
    keys = [column.name for column in table.primary_key]
    values = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f"{name} = excluded.{name}" for name in values)
    _write(connection, model, rows, f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}")


def fetch(connection: Connection, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Read all rows as the driver's own tuples; `sql` marks its parameters with `?`."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_marked(connection, sql), params)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def _write(connection: Connection, model: type[DeclarativeBase], rows: Rows, conflict: str) -> None:
    if not rows:
        return
    table = _table(model)
    names = [column.name for column in table.columns if column is not table.autoincrement_column]
    marks = ", ".join("?" * len(names))
    # Names come from our own tables; values are bound.
    sql = f"INSERT INTO {table.fullname} ({', '.join(names)}) VALUES ({marks}){conflict}"  # noqa: S608
    connection.exec_driver_sql(_marked(connection, sql), list(rows))


def _marked(connection: Connection, sql: str) -> str:
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")


def _table(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is not a plain table")
    return table
