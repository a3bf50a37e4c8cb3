"""Calendar months as closes name them, such as 202611, and the local dates in them."""

from datetime import date, timedelta
from functools import lru_cache

from server.books.dates import DAY_MS, SHANGHAI_MS

_EPOCH = date(1970, 1, 1)
_LAST_DAY = (date.max - _EPOCH).days


@lru_cache(maxsize=4_096)
def month_of(day: int) -> int:
    """Give the month of a local date (days since 1970-01-01); dates beyond all calendars count as the first or last."""
    there = _EPOCH + timedelta(days=min(max(day, 0), _LAST_DAY))
    return there.year * 100 + there.month


def first_day(month: int) -> int:
    """Give the first local date of a month."""
    return (date(month // 100, month % 100, 1) - _EPOCH).days


def last_day(month: int) -> int:
    """Give the last local date of a month."""
    return first_day(next_month(month)) - 1


def next_month(month: int) -> int:
    """Give the month after."""
    return month + 1 if month % 100 < 12 else month + 89


def month_before(month: int) -> int:
    """Give the month before."""
    return month - 1 if month % 100 > 1 else month - 89


def month_end_ms(month: int) -> int:
    """Give the first millisecond after a month in Asia/Shanghai."""
    return (last_day(month) + 1) * DAY_MS - SHANGHAI_MS


def iso_month(month: int) -> str:
    """Write a month, as in 2026-11."""
    return f"{month // 100:04}-{month % 100:02}"


def read_month(text: str) -> int:
    """Read a month such as 2026-11. Raise ValueError."""
    year, _, month = text.partition("-")
    if (
        len(year) != 4
        or len(month) != 2
        or not (year + month).isascii()
        or not (year + month).isdigit()
    ):
        raise ValueError(text)
    found = date(int(year), int(month), 1)
    if not 1970 <= found.year < 9999:
        raise ValueError(text)
    return found.year * 100 + found.month
