"""What is noted about people beside their scans, read in one question: what leads said, and holds by rules about several."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server import bulk
from server.books.derive.group_holds import HoldOf, holds_by
from server.books.derive.known import Logs
from server.books.derive.said import ABOUT, About, Said, SaidOf, abouts_by, said_by
from server.people.roster import in_parts, is_worth_asking
from server.reconcile.facts import GroupHold


@dataclass(frozen=True, slots=True)
class Noted:
    """By number; those about whom nothing is noted are left out. abouts: of which entries leads stated an end."""

    said: dict[str, Said] = field(default_factory=dict)
    abouts: dict[str, list[About]] = field(default_factory=dict)
    holds: dict[str, list[GroupHold]] = field(default_factory=dict)


def read_noted(connection: Connection, people: Collection[str], logs: Logs) -> Noted:
    """Read what is noted about these numbers."""
    said: list[SaidOf] = []
    abouts: list[SaidOf] = []
    holds: list[HoldOf] = []
    if not is_worth_asking(connection, people, _ANY):
        return Noted()
    for some in in_parts(people):
        query = _NOTED.format(people=", ".join("?" * len(some)))
        for who, what, kind, fact in bulk.fetch(connection, query, (*some, *some)):
            if kind == _HOLD:
                holds.append((who, what, fact))
            else:
                (abouts if kind == ABOUT else said).append((who, what, kind, fact))
    return Noted(said_by(said, logs), abouts_by(abouts), holds_by(holds))


_HOLD = "hold"
_ANY = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM derived.said) "
    "OR EXISTS (SELECT 1 FROM derived.group_hold)"
)
_NOTED = (
    "SELECT who, hash, kind, fact FROM derived.said WHERE who IN ({people}) UNION ALL "  # noqa: S608 # our own words
    f"SELECT who, record, '{_HOLD}', fact FROM derived.group_hold WHERE who IN ({{people}})"
)
