"""Which schema the database has and should have, and what is derived made again where it is gone. `migrate.py` changes it."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect

from server.database import Database
from server.models.base import Derived
from server.models.derived import LogState, posting_view

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION_SIGNS = 4


class NotSetUp(Exception):
    """The home or database has not been set up, or is of another version."""


def make_derived(database: Database) -> bool:
    """Make the tables of the schema `derived` where they are gone: they can be dropped at any time, and derived again."""
    with database.derived.begin() as connection:
        look = inspect(connection)
        if look.has_table(LogState.__tablename__, schema="derived"):
            return False
        if not database.is_sqlite and not look.has_schema("derived"):
            connection.exec_driver_sql("CREATE SCHEMA derived")
        Derived.metadata.create_all(connection)
        if "posting" not in look.get_view_names(schema="derived"):
            connection.exec_driver_sql(posting_view(connection.dialect.name))
        return True


def require_current_schema(database: Database) -> None:
    """Raise `NotSetUp` unless the database has the schema that this software works with."""
    with database.read() as connection:
        found = _revision_of(connection)
    if found != newest():
        raise NotSetUp(f"schema {found or 'none'}, {newest()} needed: run setup")


def newest() -> str:
    """Give the revision that this software works with."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Give every revision that this software knows, the newest last: the names of its migrations begin with them.

    Alembic would say the same, but takes a fifth of a second to, and each command asks.
    """
    return tuple(
        sorted(file.name[:_REVISION_SIGNS] for file in (MIGRATIONS / "versions").glob("0*.py"))
    )


def _revision_of(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")
