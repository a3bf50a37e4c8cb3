"""Keys that sign badges, as if a central log had announced them, and prints with them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from server.badges import signing_keys
from server.badges.job import Job, Replace
from server.badges.signing_keys import KeyState
from server.badges.wanted import Wanted
from sync.ids import badge_key_id
from tests.server.imports.desk import TODAY, Desk

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = {badge_key_id(PUBLIC): PUBLIC}
NOW_MS = 1_648_800_000_000
"""2022-04-01T16:00+08:00."""


class Pen:
    """Stands for the central log: counts entries and keeps what they say."""

    def __init__(self, at_ms: int = NOW_MS) -> None:
        self.at_ms = at_ms
        self.said: list[tuple[object, ...]] = []

    def key(self, _connection: Connection, *what: object) -> tuple[bytes, int]:
        """Record what becomes of a key."""
        return self.revocation(_connection, *what), self.at_ms

    def revocation(self, _connection: Connection, *what: object) -> bytes:
        """Record a revocation."""
        self.said.append(what)
        return len(self.said).to_bytes(32, "big")


def public_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def id_of(key: Ed25519PrivateKey) -> bytes:
    return badge_key_id(public_of(key))


def announce(desk: Desk, key: Ed25519PrivateKey, from_ms: int = 0) -> None:
    """Have a key announced, unless it is."""
    with desk.database.write_facts() as connection:
        if id_of(key) not in signing_keys.verifying_keys(connection):
            signing_keys.say(connection, Pen().key, public_of(key), KeyState.SIGNING, from_ms, "")


def job(
    desk: Desk,
    people: list[str] | None = None,
    now_ms: int = NOW_MS,
    *keys: Ed25519PrivateKey,
    team: str = "",
    replace: Replace | None = None,
) -> Job:
    """Give a print with these private keys here, all announced, the last of them signing."""
    for order, key in enumerate(keys or [KEY]):
        announce(desk, key, order)
    return Job(
        desk.database,
        {id_of(key): key for key in keys or [KEY]},
        Wanted(tuple(people or ()), team, TODAY),
        now_ms,
        lambda _doing, _count: None,
        replace=replace,
    )
