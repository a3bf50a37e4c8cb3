"""The decisions on a person's records, the newest first: what an answer to a request may name."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.central_entry import Decide
from server.books.identities import read_identities
from server.models.decision import Decision
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


def decisions_on(connection: Connection, number: str) -> list[Made]:
    """Give the decisions on the records of a person, under any of their numbers: at most `DECISIONS_LISTED_MAX`."""
    who_is = read_identities(connection, [number])
    keeper = who_is.keeper(number)
    made = made_about(connection, {number, keeper, *who_is.others(keeper)})
    return made[:DECISIONS_LISTED_MAX]


def made_about(connection: Connection, numbers: Collection[str]) -> list[Made]:
    """Give the decisions on records of these numbers, the newest first."""
    query = select(Decision.hash, Decision.body).where(Decision.who.in_(sorted(numbers)))
    found = []
    for row in connection.execute(query):
        entry = understand(bytes(row.body))
        if isinstance(entry, Decide):
            found.append(_made(bytes(row.hash), entry))
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
    )
