"""Set a home up: folder, keys, database made or upgraded, epoch, first administrator. Doing it again changes nothing."""

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import Connection, func, insert, select

from schemas.entry import Boot
from server.badges import signing_keys
from server.central import Central
from server.clock import Clock
from server.config import Config
from server.database import open_database
from server.epochs import first_life
from server.keys import make_keys, read_keys
from server.models.log import Meta, Staff
from server.schema import make_derived, newest, upgrade

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
                record = signing_keys.recorder(central)
                signing_keys.begin(connection, record, central.keys.badge_public)
                password = _first_administrator(connection, clock)
        kind = database.facts.dialect.name
        return SetUp(str(config.home), kind, newest(), made, ADMINISTRATOR, password)
    finally:
        database.close()


def _begin_epoch(connection: Connection, central: Central) -> None:
    """Begin the server's first epoch, and the central log with an entry that says by which software."""
    if connection.scalar(select(Meta.value).where(Meta.key == "epoch")) is not None:
        return
    first_life(connection, central.keys, central.clock.wall_ms())
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
