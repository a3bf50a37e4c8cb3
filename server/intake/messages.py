"""What the centre tells the leads at a site: rows of the central entries `tell` and `untell`."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.entry import Entry
from schemas.fleet_entry import Tell
from server.models.fleet import KioskMessage, KioskMessageEnd
from sync.canonical import Strange, understand

KEY_CHARS = 16


@dataclass(frozen=True, slots=True)
class Message:
    """A message. key: what kiosks know it by, the start of its hash in hex. at_ms: when it was written."""

    hash: bytes
    site: str
    text: str
    at_ms: int
    until_ms: int
    by: str

    @property
    def key(self) -> str:
        """What it is known by on kiosks, and in addresses."""
        return self.hash.hex()[:KEY_CHARS]


def lasting(
    connection: Connection, now_ms: int, sites: Collection[str] | None = None
) -> list[Message]:
    """Give the messages that hold, of these sites or of all, by site and age."""
    ended = select(KioskMessageEnd.hash).where(KioskMessageEnd.message == KioskMessage.hash)
    query = select(KioskMessage).where(KioskMessage.until_ms > now_ms, ~ended.exists())
    if sites is not None:
        query = query.where(KioskMessage.site.in_(sorted(sites)))
    rows = connection.execute(query).all()
    found = [_message(bytes(row.hash), understand(bytes(row.body))) for row in rows]
    return sorted(found, key=lambda one: (one.site, one.at_ms, one.hash))


def _message(entry_hash: bytes, entry: Entry | Strange) -> Message:
    if not isinstance(entry, Tell):
        raise TypeError("the row of a message holds another entry")
    return Message(entry_hash, entry.site, entry.text, entry.wall_ms, entry.until_ms, entry.by)
