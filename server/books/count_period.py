"""Count a period: what closing it now would freeze, from what is derived. Closing does it, and so does whoever checks a close."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.books.adjust import frozen_before
from server.books.frozen_set import FrozenSet, frozen_set
from server.books.periods import days_of, read_closed
from server.books.person_now import read_now


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
    months = {month, *read_closed(connection, [site]).corrected_by(site, month)}
    concerned = concerned_in(connection, site, months) if people is None else sorted(people)
    now = read_now(connection, concerned)
    numbers = sorted({number for each in now.values() for number in each.numbers})
    before = frozen_before(connection, site, months, numbers)
    frozen = frozen_set(site, months, [each.meaning for each in now.values()], before)
    logs = {scan.log for each in now.values() for scan in each.facts.scans}
    return Counted(frozen, numbers, logs)


def concerned_in(connection: Connection, site: str, months: Collection[int]) -> list[str]:
    """Give whoever has a posting of these months at the site, or had one when it was frozen."""
    found: set[str] = set()
    for first, last in days_of(months):
        for table in ("derived.posting", "derived.adjustment"):
            rows = bulk.fetch(connection, _PEOPLE.format(table=table), (site, first, last))
            found |= {who for (who,) in rows}
    return sorted(found)


_PEOPLE = "SELECT DISTINCT who FROM {table} WHERE site = ? AND day BETWEEN ? AND ?"
