"""Who is who: numbers that decisions made one person (D5), and walk-ins that were accepted (D4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server import bulk
from server.central_order import BEHIND_ALL, PLACED, order_of
from server.people.roster import in_parts, is_worth_asking
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


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is only tried. joined: two numbers of one person, who keeps the second. parted: hash of a merger taken back."""

    joined: tuple[str, str] | None = None
    parted: bytes = b""


def read_identities(connection: Connection, people: Collection[str]) -> Identities:
    """Read who these people are, and whoever is linked with them."""
    if not is_worth_asking(connection, people, "SELECT 1 FROM merger LIMIT 1"):
        return NOBODY
    return _identities(*_read(connection, people))


def read_supposed(
    connection: Connection, people: Collection[str], supposed: Supposed
) -> tuple[Identities, Identities]:
    """Read who these people are, and who they would be if this were said of them."""
    mergers, ends = _read(connection, people)
    as_it_is = _identities(dict(mergers), ends)
    if supposed.joined is not None:
        mergers[b""] = Merged(BEHIND_ALL, b"", *supposed.joined)
    if supposed.parted in mergers:
        ends.add(Unmerged(BEHIND_ALL, supposed.parted))
    return as_it_is, _identities(mergers, ends)


def _read(
    connection: Connection, people: Collection[str]
) -> tuple[dict[bytes, Merged], set[Unmerged]]:
    mergers: dict[bytes, Merged] = {}
    ends: set[Unmerged] = set()
    for some in in_parts(sorted(people)):
        query = _LINKED.format(people=", ".join("?" * len(some)))
        for found, who, into, rank, seq, end_rank, end_seq in bulk.fetch(
            connection, query, (*some, *some)
        ):
            merger = bytes(found)
            mergers[merger] = Merged(order_of(rank, seq), merger, who, into)
            if end_rank is not None:
                ends.add(Unmerged(order_of(end_rank, end_seq), merger))
    return mergers, ends


def _identities(mergers: Mapping[bytes, Merged], ends: Collection[Unmerged]) -> Identities:
    if not mergers:
        return NOBODY
    kept = persons(mergers.values(), sorted(ends))
    return Identities(kept, frozenset(n for m in mergers.values() for n in (m.who, m.into)))


_LINKED = (
    "WITH RECURSIVE linked(number) AS (SELECT number FROM (SELECT who AS number FROM merger WHERE who IN ({people}) "  # noqa: S608 # our own words
    'UNION SELECT "into" FROM merger WHERE "into" IN ({people})) asked '
    'UNION SELECT CASE WHEN m.who = k.number THEN m."into" ELSE m.who END '
    'FROM linked k JOIN merger m ON m.who = k.number OR m."into" = k.number) '
    'SELECT m.hash, m.who, m."into", o.ordinal, p.seq, eo.ordinal, ep.seq '
    "FROM linked k JOIN merger m ON m.who = k.number "
    + PLACED.format(hash="m.hash")
    + " LEFT JOIN merger_end e ON e.merger = m.hash LEFT JOIN central_place ep ON ep.hash = e.hash "
    "LEFT JOIN log el ON el.id = ep.log LEFT JOIN epoch eo ON eo.central = el.name"
)
"""Every merger that links any of these people with anybody, however far, and what took it back."""
