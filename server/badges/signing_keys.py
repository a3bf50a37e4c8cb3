"""The keys that sign badges: which verify, and which one signs. What holds of a key follows from all that was said of it.

A new key verifies from the moment it is announced, and signs from a later one: kiosks have it before the first badge shows up
(`docs/adr/0005-badge-keys.md`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from schemas.entry import BadgeKey as Entry
from schemas.vocabulary import Code
from server import bulk
from server.central import Central
from server.models.badge import BadgeKey
from sync.errors import Refused
from sync.ids import badge_key_id


class KeyState(StrEnum):
    """What a central entry `badge_key` can say. The words are the wire's: they never change."""

    SIGNING = "signing"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


Record = Callable[[Connection, bytes, str, int, str], tuple[bytes, int]]
"""Appends the central entry `badge_key` (public, state, from_ms, reason); gives its hash and its time."""


def recorder(central: Central) -> Record:
    """Give what writes the entries into the central log."""

    def record(
        connection: Connection, public: bytes, state: str, from_ms: int, reason: str
    ) -> tuple[bytes, int]:
        entry = central.append(
            connection, lambda b, m, d: Entry(b, m, d, public, state, from_ms, reason)
        )
        return entry.hash, entry.at_ms

    return record


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs badges, or did. announced_ms: since when kiosks can have it. from_ms: since when it signs.

    withdrawn_ms: since when nothing that it signed counts (None: it all counts). retired: all that it signed has expired.
    """

    id: bytes
    public: bytes
    announced_ms: int
    from_ms: int
    retired: bool
    withdrawn_ms: int | None

    @property
    def verifies(self) -> bool:
        """Tell whether kiosks shall know it."""
        return not self.retired and self.withdrawn_ms is None


def all_keys(connection: Connection) -> list[SigningKey]:
    """Give every key there ever was, the oldest first."""
    rows = connection.execute(select(BadgeKey).order_by(BadgeKey.key, BadgeKey.entry_hash))
    found = [_key(list(some)) for _, some in groupby(rows, key=lambda row: bytes(row.key))]
    return sorted(found, key=lambda key: (key.from_ms, key.id))


def verifying_keys(connection: Connection) -> dict[bytes, bytes]:
    """Give the public keys that verify badges, by their 4-byte ids: what kiosks are told."""
    return {key.id: key.public for key in all_keys(connection) if key.verifies}


def signing_key(connection: Connection, now_ms: int) -> SigningKey:
    """Give the key that signs now: of those that verify the one that took over last.

    Raise `Refused(not_found)` if there is none, as in a home that was not set up.
    """
    ready = [key for key in all_keys(connection) if key.verifies and key.from_ms <= now_ms]
    if not ready:
        raise Refused(
            Code.NOT_FOUND, "没有证件签名密钥，请运行 setup / no key signs badges: run setup"
        )
    return ready[-1]


def say(
    connection: Connection,
    record: Record,
    public: bytes,
    state: KeyState,
    from_ms: int,
    reason: str,
) -> None:
    """Say in the central log what becomes of a key, and keep it where it is looked up."""
    entry_hash, at_ms = record(connection, public, state, from_ms, reason)
    row = (badge_key_id(public), entry_hash, public, str(state), from_ms, at_ms)
    bulk.insert(connection, BadgeKey, [row])


def begin(connection: Connection, record: Record, public: bytes) -> None:
    """Announce the first key of a home, which has always signed; nothing if one is known."""
    if connection.scalar(select(BadgeKey.key).limit(1)) is None:
        say(connection, record, public, KeyState.SIGNING, 0, "")


def _key(rows: list[Row[Any]]) -> SigningKey:
    signing = [row for row in rows if row.state == KeyState.SIGNING]
    withdrawn = [row.from_ms for row in rows if row.state == KeyState.WITHDRAWN]
    return SigningKey(
        id=bytes(rows[0].key),
        public=bytes(rows[0].public),
        announced_ms=min(row.at_ms for row in rows),
        from_ms=min((row.from_ms for row in signing), default=rows[0].from_ms),
        retired=any(row.state == KeyState.RETIRED for row in rows),
        withdrawn_ms=min(withdrawn, default=None),
    )
