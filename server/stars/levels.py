"""Who has how many stars on a day, from confirmed minutes alone, and on which postings that rests."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Select, column, func, insert, select, table

from server import bulk
from server.access.part import Part
from server.books.dates import iso_date
from server.books.derive.identities import read_identities
from server.books.hours import FIRST_DAY, Span
from server.books.periods.confirmed import read_confirmed, read_confirmed_of
from server.books.periods.months import first_day, last_day
from server.models.now import VolunteerNow
from server.models.period import PeriodClose
from server.people.roster import in_parts
from server.stars.figures import stars_of
from server.stars.thresholds import thresholds

_POSTING = table(
    "posting",
    *(column(name) for name in ("who", "site", "day", "verdict", "minutes")),
    schema="derived",
)
_CLOSED = table("closed_month", column("site"), column("first"), column("last"))


@dataclass(frozen=True, slots=True)
class Level:
    """Somebody's stars. minutes: confirmed, up to the day."""

    volunteer: str
    name: str
    team: str
    stars: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A posting that stars rest on; `explain RECORD` goes on from here."""

    day: str
    site: str
    record: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose stars: on this local date, at least so many, within a part; of a team ("": all), of these people (none: all)."""

    day: int
    part: Part
    least: int = 1
    team: str = ""
    people: Collection[str] = ()


def read_levels(connection: Connection, wish: Wish) -> Iterator[Level]:
    """Give who has at least so many stars."""
    figures = thresholds(connection)
    _gather_closed(connection)
    for query in _queries(wish):
        for who, name, team, region, minutes in connection.execute(query):
            stars = stars_of(int(minutes), figures.of(team, region, wish.day))
            if stars >= wish.least:
                yield Level(who, name, team, stars, int(minutes))


def read_evidence(connection: Connection, number: str, day: int) -> list[Evidence]:
    """Give the postings that a person's stars rest on, in order. They add up to the minutes of `read_levels`."""
    who = read_identities(connection, [number]).keeper(number)
    rows = read_confirmed(connection, who, Span(FIRST_DAY, day))
    return [Evidence(iso_date(row.day), row.site, row.record.hex(), row.minutes) for row in rows]


def confirmed_minutes(connection: Connection, people: Collection[str], day: int) -> dict[str, int]:
    """Give the confirmed minutes of people, by the numbers that they keep, up to a local date: as `read_levels` adds up."""
    confirmed = read_confirmed_of(connection, people, Span(FIRST_DAY, day))
    return {who: sum(row.minutes for row in rows) for who, rows in confirmed.items()}


def _queries(wish: Wish) -> list[Select[str, str, str, str, int]]:
    query = _query(wish)
    if not wish.people:
        return [query]
    return [query.where(_POSTING.c.who.in_(some)) for some in in_parts(wish.people)]


def _query(wish: Wish) -> Select[str, str, str, str, int]:
    posting, closed, person = _POSTING.c, _CLOSED.c, VolunteerNow
    query = (
        select(person.number, person.name, person.team, person.region, func.sum(posting.minutes))
        .join_from(_POSTING, person, person.number == posting.who)
        .join(
            _CLOSED, (closed.site == posting.site) & posting.day.between(closed.first, closed.last)
        )
        .where(posting.verdict == "credited", posting.day <= wish.day)
        .where(wish.part.people_within(person.team, person.region))
        .group_by(person.number, person.name, person.team, person.region)
    )
    if wish.team:
        query = query.where(person.team == wish.team)
    return query


def _gather_closed(connection: Connection) -> None:
    """Put the closed months of every site into the temporary table `closed_month`."""
    bulk.make_temporary(connection, "closed_month", _COLUMNS)
    rows = [
        {"site": site, "first": first_day(month), "last": last_day(month)}
        for site, month in connection.execute(select(PeriodClose.site, PeriodClose.month))
    ]
    if rows:
        connection.execute(insert(_CLOSED), rows)


_COLUMNS = "site VARCHAR(20), first INTEGER, last INTEGER, PRIMARY KEY (site, first)"
