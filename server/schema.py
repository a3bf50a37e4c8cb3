"""The database's schema: brought to a revision by Alembic, and what is derived made again where it is gone."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from server.database import Database
from server.models.base import Derived
from server.models.derived import LogState, posting_view


class NotSetUp(Exception):
    """The home or database has not been set up, or is of another version."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    with database.derived.connect() as connection:
        upgrade_on(connection, revision)


def upgrade_on(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision: within the connection's transaction, if it has begun one."""
    settings = _alembic()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


def knows(revision: str) -> bool:
    """Tell whether this software has a schema of this revision."""
    return revision in {
        script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()
    }


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


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision."""
    with database.derived.connect() as connection:
        settings = _alembic()
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)


def require_current_schema(database: Database) -> None:
    """Raise `NotSetUp` unless the database has the schema that this software works with."""
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != newest():
        raise NotSetUp(f"schema {found or 'none'}, {newest()} needed: run setup")


def _alembic() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings


@cache
def newest() -> str:
    """Give the revision that this software works with, read once: every start asks for it."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""
