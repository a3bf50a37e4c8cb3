"""Sheets for people's programs: CSV with a mark that says UTF-8, in which no cell is ever taken for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # wide signs count too
"""What a spreadsheet takes for the beginning of a formula."""

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def safe(cell: str) -> str:
    """Give a cell that spreadsheets show as it is: an apostrophe before what they would work out. Numbers stay numbers."""
    return f"'{cell}" if cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell) else cell


def write_sheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give the bytes of a CSV file."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
