"""How many people are on duty, by weekday and hour: an average over the dates of the span.

The database counts stays by the hours they begin and end in, so that what is read does not grow with how many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server.books.dates import SHANGHAI_MS
from server.books.hours import Span
from server.reconcile.policy import MINUTE_MS
from server.reports.lines import RECORD, Column, narrowed
from server.reports.prepare import Prepared
from server.reports.query import Query

DAYS, HOURS = 7, 24
_HOUR = 60
_THURSDAY = 3
"""Day 0, 1970-01-01, was a Thursday; weeks begin on Mondays."""


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday (0: Monday). minutes: of presence, in all; dates: how many such weekdays there were.

    people_e2: on duty on average, in hundredths.
    """

    weekday: int
    hour: int
    minutes: int
    dates: int
    people_e2: int


def heat(connection: Connection, ready: Prepared) -> list[Cell]:
    """Give all 168 hours of the week, Monday first. Stays without a sign-out have no length, and are not in it."""
    span = _closed(ready.query.span, [day for _, day in ready.days])
    if (
        ready.told is not None
    ):  # the days are of few people or sites: others may have come before and after
        span = Span(
            max(ready.query.span.first, ready.told.first),
            min(ready.query.span.last, ready.told.last),
        )
    minutes = [0] * (DAYS * HOURS)
    for day, hour, found in _presence(connection, ready.query):
        if span.first <= day <= span.last:
            minutes[_weekday(day) * HOURS + hour] += found
    dates = [0] * DAYS
    for day in range(span.first, span.last + 1):
        dates[_weekday(day)] += 1
    return [
        Cell(
            at // HOURS,
            at % HOURS,
            found,
            dates[at // HOURS],
            _average_e2(found, dates[at // HOURS]),
        )
        for at, found in enumerate(minutes)
    ]


def _presence(connection: Connection, query: Query) -> Iterable[tuple[int, int, int]]:
    """Give date, hour, and minutes of presence in it, of all stays that begin and end in the same two hours together."""
    r = RECORD.c
    stays = select(_local(r.in_ms).label("came"), _local(r.out_ms).label("gone"))
    stays = stays.where(r.out_ms > r.in_ms, r.day <= query.span.last)
    stays = stays.where(r.last_day >= query.span.first, *narrowed(query, RECORD, query.span))
    minute = stays.subquery("stay").c
    hours = select(
        (minute.came // _HOUR).label("first"),
        (minute.gone // _HOUR).label("last"),
        (minute.came % _HOUR).label("missed"),
        (minute.gone % _HOUR).label("begun"),
    ).subquery("hours")
    h = hours.c  # named columns, because PostgreSQL takes two equal expressions with parameters for different ones
    groups = select(h.first, h.last, func.count(), func.sum(h.missed), func.sum(h.begun))
    for first, last, count, missed, begun in connection.execute(groups.group_by(h.first, h.last)):
        for hour in range(first, last + 1):
            found = count * _HOUR
            found -= int(missed) if hour == first else 0
            found -= count * _HOUR - int(begun) if hour == last else 0
            yield hour // HOURS, hour % HOURS, found


def _local(at_ms: Column) -> Column:
    """Give the minute of a time, counted in Asia/Shanghai."""
    return (at_ms + SHANGHAI_MS) // MINUTE_MS


def _closed(span: Span, days: list[int]) -> Span:
    """Give the span from the first to the last date with a record, within what was asked for."""
    inside = [day for day in days if span.first <= day <= span.last]
    return Span(min(inside), max(inside)) if inside else Span(0, -1)


def _weekday(day: int) -> int:
    return (day + _THURSDAY) % DAYS


def _average_e2(minutes: int, dates: int) -> int:
    return round(minutes * 100 / (dates * _HOUR)) if dates else 0
