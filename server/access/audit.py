"""Who read personal data: a row for each reading, sealed hourly into the central log, so that none can be taken out unseen.

What is only counted or masked needs no row. A reading is durable before what was read leaves the server.
"""

from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from schemas.central_entry import Seal
from server.books import central_rows
from server.central import Central
from server.limits import AUDIT_ABOUT_CHARS
from server.models.staff import Reading
from server.services import Services

_UNSEALED = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A reading. by: name of the account. what: page, call or file. about: numbers, or the search. people: how many."""

    by: str
    what: str
    about: str
    people: int
    purpose: str = ""


def note_reading(connection: Connection, now_ms: int, read: Read) -> None:
    """Write a reading down, in the caller's transaction."""
    row = {
        "at_ms": now_ms,
        "by": read.by,
        "what": read.what,
        "about": read.about[:AUDIT_ABOUT_CHARS],
        "people": read.people,
        "purpose": read.purpose[: AUDIT_ABOUT_CHARS // 2],
        "seal": _UNSEALED,
    }
    connection.execute(insert(Reading).values(row))


def seal_readings(services: Services) -> str:
    """Seal what was read since the last seal: its hash becomes an entry of the central log. Nothing new, no entry."""
    with services.database.write_facts() as connection:
        number = int(connection.scalar(select(func.max(Reading.seal))) or 0) + 1
        # Rows that are still being written elsewhere are not seen here, and belong to the next seal.
        taken = update(Reading).where(Reading.seal == _UNSEALED).values(seal=number)
        count = connection.execute(taken).rowcount
        if count:
            _write(connection, services.central, number, count)
    return f"readings={count}"


def _write(connection: Connection, central: Central, number: int, count: int) -> None:
    digest = digest_of(connection, number)
    entry = Seal(*central_rows.UNSTAMPED, "reading", number, count, digest)
    central_rows.write_entry(connection, central, entry)


def digest_of(connection: Connection, seal: int) -> bytes:
    """Give the hash over the rows of a seal, in the order of their numbers."""
    rows = select(Reading).where(Reading.seal == seal).order_by(Reading.id)
    digest = sha256()
    for r in connection.execute(rows):
        values = (r.id, r.at_ms, r.by, r.what, r.about, r.people, r.purpose)
        digest.update(msgspec.msgpack.encode(values))
    return digest.digest()
