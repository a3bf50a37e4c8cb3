"""Reading XLSX warily: parts bounded before anything is inflated, no entities, formulas refused, numbers as people see them.

The first sheet counts. openpyxl streams it; defusedxml, which openpyxl uses where it is installed (and `server` keeps lxml
out of it), refuses entities.
"""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import openpyxl

from server.imports.reasons import FileRefused, Reason
from server.imports.rows import RawRow, Sheet
from server.limits import (
    IMPORT_COLUMNS_MAX,
    XLSX_BYTES_MAX,
    XLSX_PART_BYTES_MAX,
    XLSX_PARTS_MAX,
    XLSX_ROWS_MAX,
    XLSX_STRINGS_BYTES_MAX,
)

_EXACT = 10**15
"""Spreadsheets keep 15 digits; of a longer number the last ones are gone."""


def read_xlsx(file: BinaryIO) -> Sheet:
    """Read the first sheet of an XLSX file. Raise `FileRefused`."""
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise RuntimeError("defusedxml must be installed and not be switched off, nor lxml on")
    _check_parts(file)
    rows = _rows(file)
    header = next(rows, None)
    if header is None:
        raise FileRefused(Reason.EMPTY_FILE)
    return Sheet(header, rows, pads=True)


def _check_parts(file: BinaryIO) -> None:
    """Bound every part. zipfile never inflates more of a part than its declared size, so that a lie is no way around."""
    try:
        parts = ZipFile(file).infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileRefused(Reason.NOT_XLSX) from error
    if len(parts) > XLSX_PARTS_MAX or sum(part.file_size for part in parts) > XLSX_BYTES_MAX:
        raise FileRefused(Reason.XLSX_BOMB)
    for part in parts:
        if part.file_size > _part_bytes_max(part.filename):
            raise FileRefused(Reason.XLSX_BOMB)


def _part_bytes_max(name: str) -> int:
    if name.lower().endswith("sharedstrings.xml"):
        return XLSX_STRINGS_BYTES_MAX
    return XLSX_BYTES_MAX if name.lower().startswith("xl/worksheets/") else XLSX_PART_BYTES_MAX


def _rows(file: BinaryIO) -> Iterator[RawRow]:
    """Give the header and every row that is not blank."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
            for line, cells in enumerate(sheet.iter_rows(max_col=IMPORT_COLUMNS_MAX + 1), 1):
                if line > XLSX_ROWS_MAX:
                    raise FileRefused(Reason.TOO_MANY_ROWS)
                row = [_text(cell) for cell in _shortened(cells)]
                if any(row):
                    yield RawRow(line, row)
    except FileRefused:
        raise
    except Exception as error:  # the library raises many kinds; each is the same plain no
        raise FileRefused(Reason.NOT_XLSX) from error


def _shortened(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    end = len(cells)
    while end and cells[end - 1].value is None:
        end -= 1
    return cells[:end]


def _text(cell: Any) -> str | Reason:
    """Give a cell's text as a person sees it, or the reason why it has none."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Reason.FORMULA
    if cell.data_type == "e":
        return Reason.ERROR_CELL
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _number(value: float, number_format: str) -> str | Reason:
    if not abs(value) < _EXACT:  # infinity, and what is not a number, too
        return Reason.DIGITS_LOST
    if value != int(value):
        return repr(value)
    digits = str(int(value))
    shown_padded = (
        value >= 0 and number_format.strip("0") == ""
    )  # the format 000000 shows 123 as 000123
    return digits.zfill(len(number_format)) if shown_padded else digits
