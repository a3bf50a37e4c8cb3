"""Local dates (Asia/Shanghai, one offset since 1991) as days since 1970-01-01, and how dates and times are written."""

from datetime import UTC, date, datetime, timedelta, timezone

DAY_MS = 86_400_000
SHANGHAI_MS = 8 * 3_600_000
_SHANGHAI = timezone(timedelta(milliseconds=SHANGHAI_MS))
_EPOCH = date(1970, 1, 1)
_FIRST, _LAST = (date.min - _EPOCH).days, (date.max - _EPOCH).days
"""What can be written as a date: a kiosk's clock may say anything, and must not stop the figures of others."""


def local_day(at_ms: int) -> int:
    """Give the local date of a time."""
    return (at_ms + SHANGHAI_MS) // DAY_MS


def day_end_ms(day: int) -> int:
    """Give the first millisecond after a local date."""
    return (day + 1) * DAY_MS - SHANGHAI_MS


def iso_date(day: int) -> str:
    """Write a local date, as in 2026-11-21; of one beyond all calendars the first or last there is."""
    return (_EPOCH + timedelta(days=min(max(day, _FIRST), _LAST))).isoformat()


def read_date(text: str) -> int:
    """Read an ISO date. Raise ValueError."""
    return (date.fromisoformat(text) - _EPOCH).days


def iso_time(at_ms: int) -> str:
    """Write a time in local time with its offset, to the millisecond; of one beyond all calendars a day from their end."""
    shown_ms = min(max(at_ms, (_FIRST + 1) * DAY_MS), (_LAST - 1) * DAY_MS)
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=shown_ms)
    return moment.astimezone(_SHANGHAI).isoformat(timespec="milliseconds")
