"""Set a home up: folder, keys, database made or upgraded, epoch, first administrator. Doing it again changes nothing."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from sqlalchemy import Connection, func, insert, inspect, select

from schemas.entry import Boot
from server.central import Central
from server.clock import Clock
from server.config import Config
from server.database import Database, open_database
from server.keys import make_keys, read_keys
from server.models.base import Derived
from server.models.derived import LogState, posting_view
from server.models.log import Meta, Staff
from server.services import NotSetUp

VERSION = "0.1.0"
ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What setting up did. password: of the first administrator, shown this once ("" if there was one)."""

    home: str
    database: str
    schema: str
    made: bool
    administrator: str
    password: str


def set_up(config: Config, clock: Clock) -> SetUp:
    """Make or upgrade everything a server needs."""
    made = make_keys(config.keys)
    database = open_database(config.home, config.database_url)
    try:
        with database.exclusive("setup"):
            upgrade(database)
            make_derived(database)
            central = Central(read_keys(config.keys), clock)
            with database.write_facts() as connection:
                _begin_epoch(connection, central)
                password = _first_administrator(connection, clock)
        kind = database.facts.dialect.name
        return SetUp(str(config.home), kind, _newest(), made, ADMINISTRATOR, password)
    finally:
        database.close()


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    with database.derived.connect() as connection:
        settings = _alembic()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


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
    if found != _newest():
        raise NotSetUp(f"schema {found or 'none'}, {_newest()} needed: run setup")


def _alembic() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings


def _newest() -> str:
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def _begin_epoch(connection: Connection, central: Central) -> None:
    """Begin the server's first epoch, and the central log with an entry that says by which software."""
    if connection.scalar(select(Meta.value).where(Meta.key == "epoch")) is not None:
        return
    connection.execute(insert(Meta).values(key="epoch", value=secrets.token_hex(8)))
    central.append(connection, lambda b, m, d: Boot(b, m, d, f"server {VERSION}", "boottime"))


def _first_administrator(connection: Connection, clock: Clock) -> str:
    if connection.scalar(select(func.count()).select_from(Staff)):
        return ""
    password = secrets.token_urlsafe(15)
    values = {
        "name": ADMINISTRATOR,
        "password_hash": PasswordHasher().hash(password),
        "role": "administrator",
        "created_ms": clock.wall_ms(),
    }
    connection.execute(insert(Staff).values(values))
    return password
