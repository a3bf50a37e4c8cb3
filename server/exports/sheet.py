"""Sheets for people's programs: CSV with a mark that says UTF-8, and XLSX, in which no cell is ever taken for a formula.

A cell is a text, a whole number or a decimal one. Texts stay texts: leading zeros, long numbers and dates are as they were.
Both are written piece by piece, in memory that does not depend on how many rows there are, and to the same bytes each time.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from server.limits import XLSX_ROWS_MAX

Cell = str | int | Decimal

_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")  # wide signs count too
"""What a spreadsheet takes for the beginning of a formula."""

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROWS_A_PIECE = 1_000
_COLUMN_CHARS = 16
_NOTES = "说明"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 # the format has no zone; a true time would change the bytes


def is_risky(cell: str) -> bool:
    """Tell whether a spreadsheet would work this text out, or might (OWASP ASVS 5.0, 1.2.10). Numbers are none."""
    return cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell)


def safe(cell: str) -> str:
    """Give a cell that spreadsheets show as it is: an apostrophe before what they would work out. Numbers stay numbers."""
    return f"'{cell}" if is_risky(cell) else cell


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Give the bytes of a CSV file, some rows at a time."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    yield b"\xef\xbb\xbf"
    for count, row in enumerate(rows, 1):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        if count % _ROWS_A_PIECE == 0:
            yield _emptied(out)
    yield _emptied(out)


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Give the bytes of a CSV file that is small enough to be held."""
    return b"".join(csv_pieces(header, rows))


def write_xlsx(
    out: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Sheet",
    notes: Sequence[Sequence[str]] = (),
) -> int:
    """Write an XLSX file and give how many rows it has; what is more than a sheet can hold goes on in the next.

    title: of the sheets, of at most 25 plain characters. notes: lines of a last sheet. A text is stored as a text, and one that
    looks like a formula as if it had been typed with an apostrophe, which is no part of it: edited, it stays a text.
    """
    book = Workbook(out, _OPTIONS)
    book.set_properties({"created": _CREATED})
    forms = _Forms(book)
    sheet, at, count = None, 0, 0
    for row in rows:
        if sheet is None or at == XLSX_ROWS_MAX:
            sheet, at = forms.begin(book, title, header), 1
        forms.write(sheet, at, row)
        at += 1
        count += 1
    if sheet is None:
        forms.begin(book, title, header)
    if notes:
        forms.add_notes(book, notes)
    book.close()
    return count


def xlsx_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "Sheet"
) -> bytes:
    """Give the bytes of an XLSX file that is small enough to be held."""
    out = BytesIO()
    write_xlsx(out, header, rows, title=title)
    return out.getvalue()


class _Forms:
    """How cells of each kind are written and shown."""

    def __init__(self, book: Workbook) -> None:
        self._head: Format = book.add_format({"bold": True, "num_format": "@"})
        self._text: Format = book.add_format({"num_format": "@"})
        self._quoted: Format = book.add_format({"num_format": "@", "quote_prefix": True})
        self._decimal: Format = book.add_format({"num_format": "0.00"})
        self._sheets = 0

    def begin(self, book: Workbook, title: str, header: Sequence[str]) -> Worksheet:
        """Begin a sheet with its headings, which stay visible."""
        self._sheets += 1
        sheet = book.add_worksheet(title if self._sheets == 1 else f"{title} {self._sheets}")
        sheet.set_column(0, max(len(header) - 1, 0), _COLUMN_CHARS)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(header):
            _require(sheet.write_string(0, column, heading, self._head))
        return sheet

    def add_notes(self, book: Workbook, notes: Sequence[Sequence[str]]) -> None:
        """Add a sheet of what there is to say."""
        sheet = book.add_worksheet(_NOTES)
        sheet.set_column(0, 0, _COLUMN_CHARS * 2)
        sheet.set_column(1, 1, _COLUMN_CHARS * 6)
        for at, line in enumerate(notes):
            self.write(sheet, at, line)

    def write(self, sheet: Worksheet, at: int, row: Sequence[Cell]) -> None:
        """Write a row of cells."""
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                form = self._quoted if is_risky(cell) else self._text
                done = sheet.write_string(at, column, _NOT_XML.sub("\ufffd", cell), form)
            elif isinstance(cell, Decimal):
                done = sheet.write_number(at, column, cell, self._decimal)
            else:
                done = sheet.write_number(at, column, cell)
            _require(done)


def _require(done: int) -> None:
    """Notice what the writer only returns: a cell that it left out."""
    if done != 0:
        raise ValueError(f"a cell does not fit an XLSX file ({done})")


def _emptied(out: StringIO) -> bytes:
    piece = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return piece
