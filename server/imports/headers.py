"""Which column of a file is which: English or Chinese headers, in any order, case and blanks around them ignored."""

from dataclasses import dataclass

from server.imports.columns import Kind
from server.imports.reasons import FileRefused, Reason
from server.imports.rows import RawRow
from server.limits import IMPORT_CELL_CHARS_MAX, IMPORT_COLUMNS_MAX

_SHOWN_CHARS = 40
"""How much of an unknown header is repeated."""


@dataclass(frozen=True, slots=True)
class Headers:
    """places: for each column of the kind its place in the file, None if it is not there. width: columns of the file."""

    places: tuple[int | None, ...]
    unknown: tuple[str, ...]
    width: int


def match_headers(kind: Kind, header: RawRow) -> Headers:
    """Find the kind's columns. Raise `FileRefused` where one is missing or occurs twice: the message names ours only."""
    if header.fault:
        raise FileRefused(header.fault)
    titles = [_title(cell) for cell in header.cells]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > IMPORT_COLUMNS_MAX:
        raise FileRefused(Reason.TOO_MANY_COLUMNS, str(len(titles)))
    by_title = {
        title.lower(): index
        for index, column in enumerate(kind.columns)
        for title in (column.name, *column.chinese)
    }
    places: list[int | None] = [None] * len(kind.columns)
    unknown = []
    for place, title in enumerate(titles):
        index = by_title.get(title.lower())
        if index is None:
            unknown.append(_shown(title, place))
        elif places[index] is not None:
            raise FileRefused(Reason.DUPLICATE_COLUMN, kind.columns[index].name)
        else:
            places[index] = place
    _require(kind, places)
    return Headers(tuple(places), tuple(unknown), len(titles))


def _require(kind: Kind, places: list[int | None]) -> None:
    missing = [
        f"{column.name} ({column.chinese[0]})"
        for column, place in zip(kind.columns, places, strict=True)
        if column.needed and place is None
    ]
    if missing:
        raise FileRefused(Reason.MISSING_COLUMN, ", ".join(missing))


def _title(cell: object) -> str:
    if not isinstance(cell, str) or len(cell) > IMPORT_CELL_CHARS_MAX:
        return "?"
    return " ".join(cell.replace("\ufeff", "").split())


def _shown(title: str, place: int) -> str:
    """Repeat an unknown header so that it does no harm on a terminal."""
    shown = "".join(char if char.isprintable() else "?" for char in title[:_SHOWN_CHARS])
    return shown or f"#{place + 1}"
