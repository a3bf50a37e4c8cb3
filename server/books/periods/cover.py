"""The ranges that a close covers: all that is held of the logs that its people's scans lie in, and of those of its site."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Connection, select

from schemas.central_entry import Cover, Covered
from schemas.limits import COVER_RANGES_MAX
from server.books.derive.stored import pack
from server.models.log import Enrolment, Log, LogRange


def covered(connection: Connection, site: str, logs: Iterable[str]) -> list[Covered]:
    """Give every range held of these logs and of those ever enrolled at the site, by log, first and last seq, and head."""
    here = connection.scalars(select(Enrolment.log).where(Enrolment.site == site))
    names = sorted({*logs, *here})
    found: list[Covered] = []
    for start in range(0, len(names), 500):
        rows = connection.execute(
            select(Log.name, LogRange.first, LogRange.last, LogRange.head)
            .join(LogRange, LogRange.log == Log.id)
            .where(Log.name.in_(names[start : start + 500]))
        )
        found += [(name, first, last, bytes(head)) for name, first, last, head in rows]
    return sorted(found)


def cover_digest(ranges: Sequence[Covered]) -> bytes:
    """Give one hash over covered ranges, in their order (`docs/protocol.md`, `close_period`)."""
    return sha256(pack([list(each) for each in ranges])).digest()


def cover_entries(ranges: Sequence[Covered]) -> list[Cover]:
    """Cut covered ranges into entries that are not stamped yet."""
    parts = range(0, len(ranges), COVER_RANGES_MAX)
    return [Cover(bytes(8), 0, 0, tuple(ranges[at : at + COVER_RANGES_MAX])) for at in parts]
