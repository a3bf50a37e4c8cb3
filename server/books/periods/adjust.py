"""Adjustments: what closed months owe or are owed, kept beside whatever is derived (RULES, 9)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from server import bulk
from server.books.dates import iso_date
from server.books.periods.closed_months import Closed, read_closed
from server.books.periods.frozen_set import Key
from server.books.periods.months import iso_month, month_of
from server.models.adjustment import AdjustmentRow
from server.people.roster import in_parts

Row = tuple[str, bytes, int, str, str, str, str, str, int]
"""who, record, day, verdict, cause, site, team, region, minutes."""


def derive_adjustments(connection: Connection, people: Sequence[str]) -> None:
    """Derive the adjustments of these people, after their postings, in the caller's transaction."""
    if not bulk.fetch(connection, _ANY_CLOSED):
        return
    closed = read_closed(connection)
    rows: list[tuple[object, ...]] = []
    for some in in_parts(people):
        connection.execute(delete(AdjustmentRow).where(AdjustmentRow.who.in_(some)))
        rows += _adjustments(connection, some, closed)
    bulk.insert(connection, AdjustmentRow, sorted(rows))


def frozen_before(
    connection: Connection, site: str, months: Collection[int], people: Collection[str]
) -> dict[Key, int]:
    """Add up what closes froze so far of these people's minutes at a site in these months."""
    total: dict[Key, int] = {}
    for some in in_parts(people):
        marks = ", ".join("?" * len(some))
        rows = bulk.fetch(connection, _FROZEN_AT.format(people=marks), (site, *some))
        for who, record, day, verdict, cause, team, region, minutes in rows:
            if month_of(day) in months:
                key = Key(who, bytes(record), day, verdict, cause, team, region)
                total[key] = total.get(key, 0) + minutes
    return {key: minutes for key, minutes in total.items() if minutes}


def _adjustments(connection: Connection, people: list[str], closed: Closed) -> list[Row]:
    total: dict[tuple[object, ...], int] = {}
    marks = ", ".join("?" * len(people))
    for query, sign in ((_NOW, 1), (_FROZEN, -1)):
        rows = bulk.fetch(connection, query.format(people=marks), tuple(people))
        for who, record, day, verdict, cause, site, team, region, minutes in rows:
            if closed.has(site, day):
                key = (who, bytes(record), day, verdict, cause, site, team, region)
                total[key] = total.get(key, 0) + sign * minutes
    return [(*key, minutes) for key, minutes in total.items() if minutes]  # type: ignore[misc] # as the key was made


class Adjustment(NamedTuple):
    """An adjustment as staff read it. period: the closed month; booked: the open one. certificates, stars: what it touches."""

    volunteer: str
    site: str
    period: str
    booked: str
    day: str
    record: str
    verdict: str
    cause: str
    team: str
    region: str
    minutes: int
    certificates: tuple[str, ...] = ()
    stars: tuple[str, ...] = ()


def read_adjustments(
    connection: Connection, *, site: str = "", closed: Closed | None = None
) -> list[Adjustment]:
    """Give the adjustments that no close has frozen yet, of a site or of all, in order. closed: its months, if they are known."""
    closed = closed or read_closed(connection, [site] if site else None)
    query = select(AdjustmentRow)
    if site:
        query = query.where(AdjustmentRow.site == site)
    found = []
    for row in connection.execute(query):
        month = month_of(row.day)
        found.append(
            Adjustment(
                row.who,
                row.site,
                iso_month(month),
                iso_month(closed.booked_in(row.site, month)),
                iso_date(row.day),
                bytes(row.record).hex(),
                row.verdict,
                row.cause,
                row.team,
                row.region,
                row.minutes,
            )
        )
    return sorted(found)


_ANY_CLOSED = "SELECT 1 FROM period_close LIMIT 1"
_NOW = (
    "SELECT who, record, day, verdict, cause, site, team, region, minutes FROM derived.posting "
    "WHERE who IN ({people})"
)
_FROZEN = (
    "SELECT who, record, day, verdict, cause, site, team, region, minutes FROM frozen_posting "
    "WHERE who IN ({people})"
)
_FROZEN_AT = (
    "SELECT who, record, day, verdict, cause, team, region, minutes FROM frozen_posting "
    "WHERE site = ? AND who IN ({people})"
)
