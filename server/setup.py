"""Set a home up: folder, keys, database made or upgraded, epoch, first administrator. Doing it again changes nothing."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from schemas.entry import Boot
from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.accounts.change_account import Wanted, open_account
from server.badges import signing_keys
from server.books.dates import local_day
from server.central import Central
from server.clock import Clock
from server.config import Config
from server.database import open_database
from server.epochs import first_life
from server.keys import make_keys, read_keys
from server.migrate import upgrade
from server.models.log import Meta
from server.models.staff import StaffAccount
from server.people import now
from server.schema import make_derived, newest
from server.version import VERSION
from sync.demo import require_same
from sync.errors import Refused

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
                _begin_epoch(connection, central, is_fresh=made)
                record = signing_keys.recorder(central)
                signing_keys.begin(connection, record, central.keys.badge_public)
                password = _first_administrator(connection, central)
                now.bring_to(connection, local_day(clock.wall_ms()))
        kind = database.facts.dialect.name
        return SetUp(str(config.home), kind, newest(), made, ADMINISTRATOR, password)
    finally:
        database.close()


def _begin_epoch(connection: Connection, central: Central, *, is_fresh: bool) -> None:
    """Begin the server's first epoch, and the central log with an entry that says by which software.

    is_fresh: the keys are new, too; a demo begins with nothing else.
    """
    epoch = connection.scalar(select(Meta.value).where(Meta.key == "epoch"))
    if epoch is not None:
        require_same(epoch, as_demo=central.clock.is_demo)
        return
    if central.clock.is_demo and not is_fresh:
        raise Refused(
            Code.DEMO_ONLY, "keys of a server that is in use: a demo begins with new ones"
        )
    first_life(connection, central.keys, central.clock.wall_ms(), is_demo=central.clock.is_demo)
    central.append(
        connection, lambda b, m, d: Boot(b, m, d, f"server {VERSION}", central.clock.kind)
    )


def _first_administrator(connection: Connection, central: Central) -> str:
    if connection.scalar(select(func.count()).select_from(StaffAccount)):
        return ""
    everywhere = Grant(StaffRole.ADMINISTRATOR, Over.ALL)
    wanted = Wanted(ADMINISTRATOR, "管理员 Administrator", "", (everywhere,))
    return open_account(connection, central, wanted, by="").password
