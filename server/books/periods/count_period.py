"""Count a period: what closing it now would freeze, from what is derived. Closing does it, and so does whoever checks a close."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.books.derive.person_now import read_now
from server.books.periods.adjust import frozen_before
from server.books.periods.closed_months import days_of, read_closed
from server.books.periods.frozen_set import FrozenSet, frozen_set


@dataclass(frozen=True, slots=True)
class Counted:
    """What would be frozen. people: all numbers of those concerned; logs: that their scans lie in."""

    frozen: FrozenSet
    people: list[str]
    logs: set[str]


def counted_now(
    connection: Connection, site: str, month: int, people: Iterable[str] | None = None
) -> Counted:
    """Count a month of a site, with the adjustments that are booked in it; `people`: only theirs."""
    earlier = read_closed(connection, [site]).corrected_by(site, month)
    concerned = concerned_in(connection, site, month) if people is None else sorted(people)
    months = {month, *earlier}
    now = read_now(connection, concerned)
    numbers = sorted({number for each in now.values() for number in each.numbers})
    before = frozen_before(connection, site, months, numbers)
    frozen = frozen_set(site, months, [each.meaning for each in now.values()], before)
    logs = {scan.log for each in now.values() for scan in each.facts.scans}
    return Counted(frozen, numbers, logs)


def concerned_in(connection: Connection, site: str, month: int) -> list[str]:
    """Give whoever has a posting of this month at the site, or an adjustment that is booked in it."""
    earlier = read_closed(connection, [site]).corrected_by(site, month)
    found: set[str] = set()
    for table, months in (("posting", [month]), ("adjustment", earlier)):
        query = _PEOPLE.format(table=table)
        for first, last in days_of(months):
            found |= {who for (who,) in bulk.fetch(connection, query, (site, first, last))}
    return sorted(found)


_PEOPLE = "SELECT DISTINCT who FROM derived.{table} WHERE site = ? AND day BETWEEN ? AND ?"
