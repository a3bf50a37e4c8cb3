"""The decisions on a person's records, the newest first: what an answer to a request may name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from re import fullmatch

from sqlalchemy import Connection, and_, select

from schemas.central_entry import Decide
from server.access.part import Part
from server.books.derive.identities import read_identities
from server.books.within import has_person
from server.models.central_place import CentralPlace
from server.models.decision import Decision
from server.models.log import LogEntry
from sync.canonical import understand

DECISIONS_LISTED_MAX = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A decision. hash, record, mark, undoes: in hex ("" for none). at_ms: the centre's clock then. second: who else looked."""

    hash: str
    record: str
    action: str
    by: str
    why: str
    at_ms: int
    second: str = ""
    settles: str = ""
    mark: str = ""
    undoes: str = ""
    site: str = ""


def decisions_on(connection: Connection, part: Part, number: str) -> list[Made]:
    """Give the decisions on the records of a person, under any of their numbers: at most `DECISIONS_LISTED_MAX`.

    Of somebody who is of no team or region within the part, those at sites within.
    """
    who_is = read_identities(connection, [number])
    keeper = who_is.keeper(number)
    numbers = {number, keeper, *who_is.others(keeper)}
    found = made_about(connection, numbers)
    if not has_person(connection, part, numbers):
        found = [one for one in found if part.has_site(one.site)]
    return found[:DECISIONS_LISTED_MAX]


def record_of(connection: Connection, decision: str) -> tuple[str, str] | None:
    """Give whose record a decision is on, and which, in hex; None for a hash (64 hex) that is no decision's.

    It is looked up where the central log has it: decisions are kept by person, and of it only the hash is known.
    """
    if not fullmatch(r"[0-9a-f]{64}", decision):
        return None
    hash_, at = bytes.fromhex(decision), CentralPlace
    place = and_(LogEntry.log == at.log, LogEntry.seq == at.seq, LogEntry.hash == at.hash)
    query = select(LogEntry.body).join(at, place).where(at.hash == hash_)
    body = connection.scalar(query)
    entry = None if body is None else understand(bytes(body))
    return (entry.who, entry.record.hex()) if isinstance(entry, Decide) else None


def made_about(connection: Connection, numbers: Collection[str]) -> list[Made]:
    """Give the decisions on records of these numbers, the newest first."""
    query = select(Decision.hash, Decision.body).where(Decision.who.in_(sorted(numbers)))
    entries = {bytes(row.hash): understand(bytes(row.body)) for row in connection.execute(query)}
    return made({found: entry for found, entry in entries.items() if isinstance(entry, Decide)})


def made(told: Mapping[bytes, Decide]) -> list[Made]:
    """Give decisions, by the hashes of their entries, the newest first."""
    found = [_made(entry_hash, entry) for entry_hash, entry in told.items()]
    return sorted(found, key=lambda m: (-m.at_ms, m.hash))


def _made(hash_: bytes, entry: Decide) -> Made:
    return Made(
        hash_.hex(),
        entry.record.hex(),
        entry.action,
        entry.by,
        entry.why,
        entry.wall_ms,
        entry.second,
        entry.settles,
        entry.mark.hex(),
        entry.undoes.hex(),
        entry.site,
    )
