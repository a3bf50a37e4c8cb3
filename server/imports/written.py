"""Values as they are written in a cell, so that what stands can be shown in a form and read again by the same column."""

from collections.abc import Callable, Mapping

from server.books.dates import SHANGHAI_MS, iso_date, iso_time
from server.imports import cells
from server.imports.cells import Cell, Reader
from server.imports.columns import Column


def written(column: Column, value: Cell) -> str:
    """Write a value so that the column's reader gives it back; nothing known is empty."""
    if value is None:
        return ""
    write = _WRITERS.get(column.read)
    return str(value) if write is None or isinstance(value, str) else write(value)


def _moment(at_ms: int) -> str:
    """Write a time without its offset, to the minute where it is whole: as forms take it."""
    told = iso_time(at_ms).removesuffix("+08:00")
    return told[:16] if (at_ms + SHANGHAI_MS) % 60_000 == 0 else told


def _scaled(digits: int) -> Callable[[int], str]:
    def write(value: int) -> str:
        sign, whole = ("-" if value < 0 else ""), f"{abs(value):0{digits + 1}}"
        return f"{sign}{whole[:-digits]}.{whole[-digits:]}".rstrip("0").rstrip(".")

    return write


def _date_or_always(day: int) -> str:
    return iso_date(day) if day else ""


_WRITERS: Mapping[Reader, Callable[[int], str]] = {
    cells.day: iso_date,
    cells.day_or_none: iso_date,
    cells.day_or_always: _date_or_always,
    cells.moment: _moment,
    cells.hundredths_or_none: _scaled(2),
    cells.latitude_or_none: _scaled(6),
    cells.longitude_or_none: _scaled(6),
}
