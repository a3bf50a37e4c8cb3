"""What the use cases of one running server share: database, keys, clock, epoch."""

from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import select

from server.backup.swap import finish
from server.central import Central
from server.clock import Clock
from server.config import Config
from server.database import Database, open_database
from server.demo import clock_of
from server.keys import read_keys
from server.models.log import Meta
from server.schema import NotSetUp, make_derived, require_current_schema
from server.signing import Signer
from sync.demo import require_same


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the edges hand to use cases.

    turn: held by the one thread of this process that works on a batch. Checking a batch is all computing, and writing it
    gives the interpreter's lock away at every row: two threads at it slow each other down many times over.
    """

    config: Config
    database: Database
    signer: Signer
    central: Central
    turn: Lock = field(default_factory=Lock)


def open_services(config: Config, clock: Clock | None = None) -> Services:
    """Open a home that was set up, with the clock it has to have. Raise `NotSetUp`, `KeysMissing` or `Refused(demo_only)`."""
    finish(config.home)  # a restore that was stopped just before its end
    keys = read_keys(config.keys)
    database = open_database(config.home, config.database_url)
    require_current_schema(database)
    make_derived(database)
    with database.read() as connection:
        epoch = connection.scalar(select(Meta.value).where(Meta.key == "epoch"))
    if epoch is None:
        raise NotSetUp("no epoch: run setup")
    clock = clock or clock_of(config.home, epoch)
    require_same(epoch, as_demo=clock.is_demo)
    return Services(config, database, Signer(keys, clock, database), Central(keys, clock))
