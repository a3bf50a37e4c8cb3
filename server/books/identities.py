"""Who is who: numbers that decisions made one person (D5), and walk-ins that were accepted (D4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from server.central_order import order_of, ranks
from server.models.central_place import CentralPlace
from server.models.decision import Merger, MergerEnd
from server.people.roster import in_parts
from server.reconcile.persons import Merged, Unmerged, persons


@dataclass(frozen=True, slots=True)
class Identities:
    """kept: for numbers that were given up, the one that the person keeps. linked: all numbers ever named together with these."""

    kept: Mapping[str, str] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()

    def keeper(self, number: str) -> str:
        """Give the number under which this one's facts count."""
        return self.kept.get(number, number)

    def others(self, number: str) -> tuple[str, ...]:
        """Give the numbers that a person gave up, in order."""
        return tuple(sorted(other for other, into in self.kept.items() if into == number))


NOBODY = Identities()


def read_identities(connection: Connection, people: Collection[str]) -> Identities:
    """Read who these people are, and whoever is linked with them."""
    if connection.execute(select(Merger.hash).limit(1)).first() is None:
        return NOBODY
    mergers: dict[bytes, Merged] = {}
    asked: set[str] = set()
    new = set(people)
    while new:
        asked |= new
        found = _mergers(connection, new)
        mergers |= found
        new = {number for m in found.values() for number in (m.who, m.into)} - asked
    if not mergers:
        return NOBODY
    kept = persons(mergers.values(), _ends(connection, mergers))
    return Identities(kept, frozenset(n for m in mergers.values() for n in (m.who, m.into)))


def _mergers(connection: Connection, people: Iterable[str]) -> dict[bytes, Merged]:
    rank = ranks(connection)
    found = {}
    for some in in_parts(sorted(people)):
        rows = connection.execute(
            select(Merger.hash, Merger.who, Merger.into, CentralPlace.log, CentralPlace.seq)
            .join(CentralPlace, CentralPlace.hash == Merger.hash)
            .where(or_(Merger.who.in_(some), Merger.into.in_(some)))
        )
        for entry_hash, who, into, log, seq in rows:
            order = order_of(rank[log], seq)
            found[bytes(entry_hash)] = Merged(order, bytes(entry_hash), who, into)
    return found


def _ends(connection: Connection, mergers: Collection[bytes]) -> list[Unmerged]:
    rank = ranks(connection)
    found = []
    for entry_hash in sorted(mergers):
        rows = connection.execute(
            select(CentralPlace.log, CentralPlace.seq)
            .join(MergerEnd, MergerEnd.hash == CentralPlace.hash)
            .where(MergerEnd.merger == entry_hash)
        )
        found += [Unmerged(order_of(rank[log], seq), entry_hash) for log, seq in rows]
    return found
