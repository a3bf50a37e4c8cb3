"""Which epoch the database is in, and the keys of its central log. Read anew in each transaction: others may begin one."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, insert, select, update

from server import bulk
from server.intake.touch import EVERYTHING, touch
from server.keys import Keys, KeysMissing
from server.models.epoch import Epoch
from server.models.feed import FeedHead
from server.models.log import Meta
from sync import demo
from sync.ids import LogId, log_id

_TAG = b"redvest-central-log-1"
_CURRENT = "epoch"


@dataclass(frozen=True, slots=True)
class Life:
    """An epoch of the database. central: the log that the centre writes in it."""

    name: str
    ordinal: int
    central: LogId


def name_now(connection: Connection) -> str:
    """Give the name of the present epoch."""
    return str(bulk.fetch(connection, _NAME, (_CURRENT,))[0][0])


def current(connection: Connection) -> Life:
    """Give the present epoch."""
    return _life(connection, name_now(connection))


def hold(connection: Connection, *, alone: bool = False) -> Life:
    """Give the present epoch, and keep it from ending until the transaction does.

    alone: wait until nobody holds it; for whoever ends it.
    """
    if connection.dialect.name != "sqlite":  # there one writer holds all
        kept = select(Meta.value).where(Meta.key == _CURRENT)
        connection.execute(kept.with_for_update(read=not alone))
    return current(connection)


def known(connection: Connection) -> dict[str, int]:
    """Give the ordinals of all epochs that this database knows of, by name."""
    rows = connection.execute(select(Epoch.name, Epoch.ordinal))
    return {name: int(ordinal) for name, ordinal in rows}


def central_logs(connection: Connection) -> list[LogId]:
    """Give the ids of the centre's own logs, those of predecessors first."""
    return [LogId(log) for log in connection.scalars(select(Epoch.central).order_by(Epoch.ordinal))]


def own_logs(connection: Connection, keys: Keys) -> set[LogId]:
    """Give the ids of the centre's own logs as its keys have it, whatever the tables say."""
    return {keys.central_log, *(_derived_log(keys, name) for name in known(connection))}


def central_key(keys: Keys, life: Life) -> Ed25519PrivateKey:
    """Give the key of an epoch's central log. Raise `KeysMissing` if the keys here belong to another server."""
    for key in (keys.log, derived_key(keys, life.name)):
        if log_id(key.public_key().public_bytes_raw()) == life.central:
            return key
    raise KeysMissing(f"no key of the central log {life.central}")


def derived_key(keys: Keys, name: str) -> Ed25519PrivateKey:
    """Make the key of the central log of an epoch that is not the first.

    It follows from the first one's and the epoch's name, so every server of one database has it and no file is written.
    """
    info = _TAG + name.encode()
    seed = HKDF(SHA256(), 32, salt=None, info=info).derive(keys.log.private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(seed)


def first_life(connection: Connection, keys: Keys, now_ms: int, *, is_demo: bool = False) -> None:
    """Write down the first epoch of a database, and begin its change feed."""
    name = new_name(is_demo=is_demo)
    connection.execute(insert(Meta).values(key=_CURRENT, value=name))
    bulk.insert(connection, Epoch, [(1, name, keys.central_log, now_ms, "setup")])
    bulk.insert(connection, FeedHead, [(1, 0)])
    touch(connection, EVERYTHING)


def next_life(
    connection: Connection,
    keys: Keys,
    before: Life,
    *,
    reason: str,
    forgotten: list[str],
    now_ms: int,
) -> Life:
    """Write down that an epoch follows `before`, held alone, and those of which only receipts are known in between."""
    rows = [
        (before.ordinal + n, name, _derived_log(keys, name), 0, "forgotten")
        for n, name in enumerate(forgotten, 1)
    ]
    name = new_name(is_demo=demo.is_demo(before.name))
    life = Life(name, before.ordinal + len(rows) + 1, _derived_log(keys, name))
    bulk.insert(connection, Epoch, [*rows, (life.ordinal, name, life.central, now_ms, reason)])
    connection.execute(update(Meta).where(Meta.key == _CURRENT).values(value=name))
    return life


def new_name(*, is_demo: bool) -> str:
    """Draw the name of an epoch. A demo's has a prefix for good (`server/demo.py`)."""
    return (demo.EPOCH_PREFIX if is_demo else "") + secrets.token_hex(8)


def _derived_log(keys: Keys, name: str) -> LogId:
    return log_id(derived_key(keys, name).public_key().public_bytes_raw())


def _life(connection: Connection, name: str) -> Life:
    ((ordinal, central),) = bulk.fetch(connection, _LIFE, (name,))
    return Life(name, int(ordinal), LogId(central))


_NAME = "SELECT value FROM meta WHERE key = ?"
_LIFE = "SELECT ordinal, central FROM epoch WHERE name = ?"
