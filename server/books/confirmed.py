"""Confirmed minutes: what is credited on dates of months that their site has closed, as it is derived now.

That is what closes froze, and every adjustment since (RULES, 9): the figures of `hours`, cut to closed months. Certificates and
stars rest on these and on nothing else (`docs/adr/0017-confirmed-minutes.md`).
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from server import bulk
from server.books.hours import Span
from server.books.months import month_of
from server.central_order import order_of, ranks
from server.models.central_place import CentralPlace
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
    credited = read_credited(connection, people, span)
    sites = {row.site for rows in credited.values() for row in rows}
    closes = read_closes(connection, sites, ranks(connection))
    return {
        who: [row for row in rows if (row.site, month_of(row.day)) in closes]
        for who, rows in credited.items()
    }


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


def read_closes(
    connection: Connection, sites: Collection[str], rank: Mapping[int, int]
) -> dict[tuple[str, int], int]:
    """Give the closed months of these sites, and where each close stands in central order. rank: of the central logs."""
    found: dict[tuple[str, int], int] = {}
    query = select(PeriodClose.site, PeriodClose.month, CentralPlace.log, CentralPlace.seq)
    placed = query.join(CentralPlace, CentralPlace.hash == PeriodClose.hash)
    for some in in_parts(sites):
        for site, month, log, seq in connection.execute(placed.where(PeriodClose.site.in_(some))):
            found[site, month] = order_of(rank[log], seq)
    return found


_CREDITED = (
    "SELECT who, day, record, site, SUM(minutes) FROM derived.posting "
    "WHERE who IN ({people}) AND day BETWEEN ? AND ? AND verdict = 'credited' "
    "GROUP BY who, day, record, site"
)
