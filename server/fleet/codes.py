"""Enrolment codes as staff look after them: which are open, which were used by which log, and ending one that was not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_, update

from schemas.fleet_entry import Tend
from server.access.part import Part
from server.books.central_rows import UNSTAMPED, write_entry
from server.central import Central
from server.database import Database
from server.intake.enrol import ATTEMPTS_MAX
from server.models.log import EnrolmentCode


class CodeStanding(StrEnum):
    """How a code stands."""

    OPEN = "open"
    USED = "used"
    ENDED = "ended"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Issued:
    """A code, of which nobody can read the secret. id: in hex. used_by: the log that it enrolled."""

    id: str
    site: str
    standing: CodeStanding
    created_ms: int
    expires_ms: int
    made_by: str
    used_ms: int
    used_by: str
    ended_ms: int
    ended_by: str


Place = tuple[int, bytes]
"""Where a code stands in the list: when it was made, and its id."""


def list_codes(
    connection: Connection, part: Part, now_ms: int, *, before: Place | None, limit: int
) -> list[Issued]:
    """Give the codes of a part, the newest first, behind a place in the list."""
    query = select(EnrolmentCode).where(part.sites_within(EnrolmentCode.site))
    if before is not None:
        query = query.where(tuple_(EnrolmentCode.created_ms, EnrolmentCode.id) < before)
    ordered = query.order_by(EnrolmentCode.created_ms.desc(), EnrolmentCode.id.desc())
    return [_issued(row, now_ms) for row in connection.execute(ordered.limit(limit))]


def has_code(connection: Connection, part: Part, code: str) -> bool:
    """Tell whether a code is one of a part."""
    within = EnrolmentCode.id == bytes.fromhex(code), part.sites_within(EnrolmentCode.site)
    return connection.scalar(select(EnrolmentCode.id).where(*within)) is not None


def end_code(database: Database, central: Central, part: Part, code: str, *, by: str) -> bool:
    """End a code of a part that was not used; False if there is none to end: it was used, or ended before."""
    now_ms = central.clock.wall_ms()
    with database.write_facts() as connection:
        ended = connection.execute(
            update(EnrolmentCode)
            .where(
                EnrolmentCode.id == bytes.fromhex(code),
                part.sites_within(EnrolmentCode.site),
                EnrolmentCode.used_ms == 0,
                EnrolmentCode.ended_ms == 0,
            )
            .values(ended_ms=now_ms, ended_by=by)
        ).rowcount
        if ended:
            write_entry(connection, central, Tend(*UNSTAMPED, "code_ended", code, 1, "", by))
    return bool(ended)


def note_codes(database: Database, central: Central, sites: list[str], *, by: str) -> None:
    """Write down who had codes made, a central entry a site."""
    with database.write_facts() as connection:
        for site in sites:
            write_entry(connection, central, Tend(*UNSTAMPED, "codes_made", site, 1, "", by))


def _issued(row: Row[Any], now_ms: int) -> Issued:
    return Issued(
        bytes(row.id).hex(),
        row.site,
        _standing(row, now_ms),
        row.created_ms,
        row.expires_ms,
        row.made_by,
        row.used_ms,
        row.used_by,
        row.ended_ms,
        row.ended_by,
    )


def _standing(row: Row[Any], now_ms: int) -> CodeStanding:
    if row.used_ms:
        return CodeStanding.USED
    if row.ended_ms:
        return CodeStanding.ENDED
    if now_ms > row.expires_ms:
        return CodeStanding.EXPIRED
    return CodeStanding.LOCKED if row.attempts >= ATTEMPTS_MAX else CodeStanding.OPEN
