"""The decisions on a person's records, the newest first: what an answer to a request may name."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.central_entry import Decide
from server.books.identities import read_identities
from server.models.decision import Decision
from sync.canonical import understand

DECISIONS_LISTED_MAX = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A decision. hash, record: in hex. at_ms: the centre's clock then."""

    hash: str
    record: str
    action: str
    by: str
    why: str
    at_ms: int


def decisions_on(connection: Connection, number: str) -> list[Made]:
    """Give the decisions on the records of a person, under any of their numbers: at most `DECISIONS_LISTED_MAX`."""
    who_is = read_identities(connection, [number])
    keeper = who_is.keeper(number)
    numbers = {number, keeper, *who_is.others(keeper)}
    rows = connection.execute(
        select(Decision.hash, Decision.body).where(Decision.who.in_(sorted(numbers)))
    )
    found = []
    for row in rows:
        entry = understand(bytes(row.body))
        if isinstance(entry, Decide):
            made = Made(
                bytes(row.hash).hex(),
                entry.record.hex(),
                entry.action,
                entry.by,
                entry.why,
                entry.wall_ms,
            )
            found.append(made)
    return sorted(found, key=lambda m: (-m.at_ms, m.hash))[:DECISIONS_LISTED_MAX]
