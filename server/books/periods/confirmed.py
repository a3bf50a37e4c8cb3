"""Confirmed minutes: what is credited on dates of months that their site has closed, as it is derived now.

That is what closes froze, and every adjustment since (RULES, 9): the figures of `hours`, cut to closed months. Certificates and
stars rest on these and on nothing else (`docs/adr/0017-confirmed-minutes.md`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from server import bulk
from server.books.derive.identities import NOBODY, Identities, read_identities
from server.books.hours import Span
from server.books.periods.months import month_of
from server.central_order import order_of, placed
from server.models.period import PeriodClose
from server.people.roster import in_parts
from sync.certificate import Row


def read_confirmed(connection: Connection, who: str, span: Span) -> list[Row]:
    """Give the confirmed minutes of a person, by the number they keep, in order."""
    return read_confirmed_of(connection, [who], span)[who]


def read_confirmed_of(
    connection: Connection, people: Collection[str], span: Span
) -> dict[str, list[Row]]:
    """Give the confirmed minutes of each of these people, by the numbers that they keep, in order."""
    books = _books(connection, NOBODY, people, span)
    return {who: books.confirmed(who) for who in people}


@dataclass(frozen=True, slots=True)
class Books:
    """What is credited to some people, and which months their sites have closed.

    credited: by the numbers that they keep, in order. closes: by site and month, where the close stands in central order.
    """

    who_is: Identities
    credited: Mapping[str, Sequence[Row]]
    closes: Mapping[tuple[str, int], int]

    def confirmed(self, who: str) -> list[Row]:
        """Give the confirmed minutes of a person, by the number they keep, in order."""
        return [r for r in self.credited[who] if (r.site, month_of(r.day)) in self.closes]


def read_books(connection: Connection, people: Collection[str], span: Span) -> Books:
    """Read what is credited to these people, whatever numbers they are named by."""
    who_is = read_identities(connection, people)
    return _books(connection, who_is, {who_is.keeper(number) for number in people}, span)


def _books(
    connection: Connection, who_is: Identities, people: Collection[str], span: Span
) -> Books:
    credited = read_credited(connection, people, span)
    sites = {row.site for rows in credited.values() for row in rows}
    return Books(who_is, credited, read_closes(connection, sites))


def read_credited(
    connection: Connection, people: Collection[str], span: Span
) -> dict[str, list[Row]]:
    """Give the credited minutes of these people, by the numbers that they keep, whether their months are closed or not."""
    found: dict[str, list[Row]] = {who: [] for who in people}
    for some in in_parts(found):
        query = _CREDITED.format(people=", ".join("?" * len(some)))
        for who, day, record, site, minutes in bulk.fetch(
            connection, query, (*some, span.first, span.last)
        ):
            found[who].append(Row(day, bytes(record), site, int(minutes)))
    return {who: sorted(rows) for who, rows in found.items()}


def read_closes(connection: Connection, sites: Collection[str]) -> dict[tuple[str, int], int]:
    """Give the closed months of these sites, and where each close stands in central order."""
    found: dict[tuple[str, int], int] = {}
    closes = placed(select(PeriodClose.site, PeriodClose.month), PeriodClose.hash)
    for some in in_parts(sites):
        for site, month, rank, seq in connection.execute(closes.where(PeriodClose.site.in_(some))):
            found[site, month] = order_of(rank, seq)
    return found


_CREDITED = (
    "SELECT who, day, record, site, SUM(minutes) FROM derived.posting "
    "WHERE who IN ({people}) AND day BETWEEN ? AND ? AND verdict = 'credited' "
    "GROUP BY who, day, record, site"
)
