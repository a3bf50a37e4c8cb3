"""Bring the database's schema to a revision, by Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from server.database import Database
from server.schema import MIGRATIONS


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    with database.derived.connect() as connection:
        upgrade_on(connection, revision)


def upgrade_on(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision: within the connection's transaction, if it has begun one."""
    command.upgrade(_settings(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision."""
    with database.derived.connect() as connection:
        command.downgrade(_settings(connection), revision)


def _settings(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings
