"""Stretches of local dates that saved reports are made of: the last day, week or month that is over."""

from enum import StrEnum

from server.books.dates import local_day
from server.books.hours import Span
from server.books.periods.months import first_day, month_of

DUE_AFTER_MS = 5 * 3_600_000
"""How long after its last midnight a stretch is due: kiosks that contact the centre in the evening or at night are in by then."""

_WEEK = 7
_THURSDAY = 3
"""Day 0, 1970-01-01, was a Thursday; weeks begin on Mondays."""


class Every(StrEnum):
    """How long a stretch is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def last_stretch(every: Every, now_ms: int) -> Span:
    """Give the last stretch that is due at this time."""
    today = local_day(now_ms - DUE_AFTER_MS)
    return stretch_before(every, _first_of(every, today))


def stretch_before(every: Every, first: int) -> Span:
    """Give the stretch that ends just before this first date of another."""
    return Span(_first_of(every, first - 1), first - 1)


def _first_of(every: Every, day: int) -> int:
    """Give the first date of the stretch that a date lies in."""
    match every:
        case Every.DAY:
            return day
        case Every.WEEK:
            return day - (day + _THURSDAY) % _WEEK
        case Every.MONTH:
            return first_day(month_of(day))
