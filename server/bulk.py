"""Writing and reading many rows at once, at the driver's level: no ORM and no statement building on the ingest path.

On PostgreSQL many rows go by `COPY`; those that may be there already first into a table of this transaction alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, SmallInteger, String, Table
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase

Rows = Sequence[tuple[Any, ...]]

COPY_ROWS_MIN = 50
"""From how many rows on `COPY` is quicker than `INSERT`."""

STREAM_ROWS = 2_000
"""Rows read at a time of a table that is read whole."""

blob = bytearray
"""Bytes as SQLite's driver takes them at a tenth of the cost, where there are many: those of the type `bytes` it asks each, by
look-ups that fail, whether it wants to be adapted to something else.
"""


def insert(
    connection: Connection, model: type[DeclarativeBase], rows: Rows, *, into: str = ""
) -> None:
    """Append rows: tuples in the order of the table's columns, without one that counts by itself.

    into: a table of this connection alone, with the same columns, which takes them instead.
    """
    if _goes_by_copy(connection, rows):
        table = _table(model)
        _copy(connection, table, into or _name(table), rows)
    else:
        _write(connection, model, rows, "", into=into)


def insert_missing(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Append rows; leave those alone whose key is there already."""
    conflict = " ON CONFLICT DO NOTHING"
    if _goes_by_copy(connection, rows):
        _stage(connection, _table(model), rows, conflict)
    else:
        _write(connection, model, rows, conflict)


def upsert(connection: Connection, model: type[DeclarativeBase], rows: Rows) -> None:
    """Append rows; where the key is there already, take the new values, of several the last."""
    table = _table(model)
    keys = [column.name for column in table.primary_key]
    values = [column.name for column in table.columns if column.name not in keys]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in values)
    conflict = f" ON CONFLICT ({_listed(keys)}) DO UPDATE SET {sets}"
    if _goes_by_copy(connection, rows):
        places = [_names(table).index(key) for key in keys]
        last = {tuple([row[place] for place in places]): row for row in rows}
        _stage(connection, table, list(last.values()), conflict)
    else:
        _write(connection, model, rows, conflict)


def execute(connection: Connection, sql: str, params: tuple[Any, ...]) -> None:
    """Execute one fixed statement of the hot path, which nobody builds again each time; `sql` marks its parameters with `?`."""
    connection.exec_driver_sql(marked(connection, sql), params)


def execute_many(connection: Connection, sql: str, rows: Rows) -> None:
    """Execute one fixed statement for each of some rows."""
    connection.exec_driver_sql(marked(connection, sql), list(rows))


def fetch(connection: Connection, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Read all rows as the driver's own tuples; `sql` marks its parameters with `?`."""
    with _cursor(connection, sql) as cursor:
        cursor.execute(marked(connection, sql), params)
        return list(cursor.fetchall())


def _write(
    connection: Connection,
    model: type[DeclarativeBase],
    rows: Rows,
    conflict: str,
    *,
    into: str = "",
) -> None:
    if not rows:
        return
    table = _table(model)
    names = _names(table)
    marks = ", ".join("?" * len(names))
    # Names come from our own tables; values are bound.
    sql = f"INSERT INTO {into or _name(table)} ({_listed(names)}) VALUES ({marks}){conflict}"  # noqa: S608
    connection.exec_driver_sql(marked(connection, sql), list(rows))


def stream(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Read a whole table, some rows at a time, in the order of its key; columns in its own order."""
    names = _listed([column.name for column in table.columns])
    keys = _listed([column.name for column in table.primary_key])
    query = f"SELECT {names} FROM {_name(table)} ORDER BY {keys}"  # noqa: S608 # our own names
    with _cursor(connection, query) as cursor:
        if connection.dialect.name == "sqlite":
            cursor.execute(query)
            while some := cursor.fetchmany(STREAM_ROWS):
                yield list(some)
            return
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
            copy.set_types([_binary_type(table, column.name) for column in table.columns])
            found = iter(copy.rows())
            while rows := list(islice(found, STREAM_ROWS)):
                yield rows


def load(connection: Connection, table: Table, rows: Rows) -> None:
    """Append rows as `stream` gives them, counted columns too; what counts by itself goes on behind them (`count_on`)."""
    names = [column.name for column in table.columns]
    if connection.dialect.name == "postgresql":
        _copy(connection, table, _name(table), rows, names)
        return
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO {_name(table)} ({_listed(names)}) VALUES ({marks})"  # noqa: S608 # our own names
    with _cursor(connection, sql) as cursor:
        cursor.executemany(sql, rows)


def make_temporary(connection: Connection, name: str, columns: str) -> None:
    """Make an empty table of this connection alone, until the end of the transaction; one that is there is emptied."""
    make = f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})"
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"{make} ON COMMIT DROP; DELETE FROM {name}")  # noqa: S608 # our own names
        return
    try:  # here it is there still, unless the transaction that made it was given up
        connection.exec_driver_sql(f"DELETE FROM temp.{name}")  # noqa: S608 # our own names
    except OperationalError:
        connection.exec_driver_sql(make)


def count_on(connection: Connection, table: Table) -> None:
    """Let a column that counts by itself go on behind the highest number that was loaded."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        name = f"'{_name(table)}', '{column.name}'"
        sequence = fetch(connection, f"SELECT pg_get_serial_sequence({name})")[0][
            0
        ]  # our own names
        if sequence is not None:
            highest = f'(SELECT MAX("{column.name}") FROM {_name(table)})'  # noqa: S608 # our own names
            fetch(connection, f"SELECT setval('{sequence}', {highest})")


@contextmanager
def _cursor(connection: Connection, sql: str) -> Iterator[Any]:
    """Give the driver's own cursor. What it raises becomes what SQLAlchemy would raise: busy, damaged, full or away."""
    cursor = connection.connection.cursor()
    driver = connection.dialect.loaded_dbapi.Error
    try:
        yield cursor
    except driver as error:
        raise DBAPIError.instance(sql, None, error, driver, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _goes_by_copy(connection: Connection, rows: Rows) -> bool:
    return len(rows) >= COPY_ROWS_MIN and connection.dialect.name == "postgresql"


def _stage(connection: Connection, table: Table, rows: Rows, conflict: str) -> None:
    """Copy rows into a table that ends with this transaction, and from there to where they belong."""
    stage = f'"staged_{table.name}"'
    names = _listed(_names(table))
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS "  # noqa: S608 # our own names
        f"SELECT {names} FROM {_name(table)} WITH NO DATA"
    )
    stage = f"pg_temp.{stage}"
    _copy(connection, table, stage, rows)
    move = f"INSERT INTO {_name(table)} ({names}) SELECT {names} FROM {stage}{conflict}"  # noqa: S608
    connection.exec_driver_sql(move)
    connection.exec_driver_sql(f"DROP TABLE {stage}")


def _copy(
    connection: Connection, table: Table, into: str, rows: Rows, names: Sequence[str] = ()
) -> None:
    names = names or _names(table)
    sql = f"COPY {into} ({_listed(names)}) FROM STDIN (FORMAT BINARY)"
    with _cursor(connection, sql) as cursor, cursor.copy(sql) as copy:
        copy.set_types([_binary_type(table, name) for name in names])
        for row in rows:
            copy.write_row(row)


def _binary_type(table: Table, name: str) -> str:
    kind = table.columns[name].type
    for ours, theirs in _BINARY_TYPES:
        if isinstance(kind, ours):
            return theirs
    raise TypeError(f"{table.name}.{name}: no type to copy it as")


_BINARY_TYPES = (
    (SmallInteger, "int2"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (String, "text"),
    (LargeBinary, "bytea"),
)
"""By SQLAlchemy's types, the special ones first."""


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns if column is not table.autoincrement_column]


def _name(table: Table) -> str:
    return f'"{table.name}"' if table.schema is None else f'"{table.schema}"."{table.name}"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def marked(connection: Connection, sql: str) -> str:
    """Give a statement with the marks for parameters that the connection's driver knows."""
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")


def _table(model: type[DeclarativeBase]) -> Table:
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is not a plain table")
    return table
