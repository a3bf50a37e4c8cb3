"""How times, dates and minutes are written on pages: the site's local time, with UTC when one points at it."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from markupsafe import Markup

from server.books.dates import iso_date, iso_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_time(at_ms: int | None) -> Markup:
    """Write a time to the minute, as 2026-11-22 14:05; nothing known is a dash."""
    if not at_ms:
        return Markup("—")
    iso = iso_time(at_ms)
    utc = (_EPOCH + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        iso, utc, iso[:16].replace("T", " ")
    )


def local_second(at_ms: int | None) -> Markup:
    """Write a time to the second: where it decides something."""
    if not at_ms:
        return Markup("—")
    iso = iso_time(at_ms)
    return Markup('<time datetime="{}">{}</time>').format(iso, iso[:19].replace("T", " "))


def local_date(day: int | None) -> str:
    """Write a local date."""
    return "—" if day is None else iso_date(day)


def hours(minutes: int | None) -> str:
    """Write minutes as hours and minutes, as 3:05; negative ones with their sign."""
    if minutes is None:
        return "—"
    sign, rest = ("-" if minutes < 0 else ""), abs(minutes)
    return f"{sign}{rest // 60}:{rest % 60:02}"


def month(value: int) -> str:
    """Write a month, 202611 as 2026-11."""
    return f"{value // 100}-{value % 100:02}"


def register(app: Flask) -> None:
    """Give templates these as filters."""
    for one in (local_time, local_second, local_date, hours, month):
        app.jinja_env.filters[one.__name__] = one
