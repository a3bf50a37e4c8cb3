"""Confirmed minutes: what is credited on dates of months that their site has closed, as it is derived now.

That is what closes froze, and every adjustment since (RULES, 9): the figures of `hours`, cut to closed months. Certificates and
stars rest on these and on nothing else (`docs/adr/0016-confirmed-minutes.md`).
"""

from collections.abc import Collection

from sqlalchemy import Connection, select

from server import bulk
from server.books.hours import Span
from server.books.months import month_of
from server.central_order import order_of, ranks
from server.models.central_place import CentralPlace
from server.models.period import PeriodClose
from sync.certificate import Row


def read_confirmed(
    connection: Connection, who: str, span: Span, *, before: int | None = None
) -> list[Row]:
    """Give the confirmed minutes of a person, by the number they keep, in order.

    before: only of months whose close stands before this place in central order (None: of all that are closed).
    """
    credited = bulk.fetch(connection, _CREDITED, (who, span.first, span.last))
    closed = closed_months(connection, {site for _, _, site, _ in credited}, before=before)
    return sorted(
        Row(day, bytes(record), site, int(minutes))
        for day, record, site, minutes in credited
        if month_of(day) in closed.get(site, ())
    )


def closed_months(
    connection: Connection, sites: Collection[str], *, before: int | None = None
) -> dict[str, set[int]]:
    """Give the closed months of these sites; before: those whose close stands before this place in central order."""
    rank = ranks(connection)
    rows = connection.execute(
        select(PeriodClose.site, PeriodClose.month, CentralPlace.log, CentralPlace.seq)
        .join(CentralPlace, CentralPlace.hash == PeriodClose.hash)
        .where(PeriodClose.site.in_(sorted(sites)))
    )
    found: dict[str, set[int]] = {}
    for site, month, log, seq in rows:
        if before is None or order_of(rank[log], seq) < before:
            found.setdefault(site, set()).add(month)
    return found


_CREDITED = (
    "SELECT day, record, site, SUM(minutes) FROM derived.posting "
    "WHERE who = ? AND day BETWEEN ? AND ? AND verdict = 'credited' GROUP BY day, record, site"
)
