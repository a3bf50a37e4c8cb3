"""Reading CSV warily: bounded lines, a guess at the encoding that one broken character cannot turn, rows that fail alone.

Works on the file's bytes, line by line: neither UTF-8 nor GB18030 uses the byte of a line break inside a character.
"""

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from server.imports.reasons import FileRefused, Reason
from server.imports.rows import RawRow, Sheet
from server.limits import IMPORT_REREADS_MAX, IMPORT_ROW_BYTES_MAX

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(file: BinaryIO) -> Sheet:
    """Read a CSV file that can be rewound. Raise `FileRefused(empty_file)`."""
    start = file.read(3)
    file.seek(3 if start == codecs.BOM_UTF8 else 0)
    if start[:2] in _UTF_16:
        rows = _rows(_Lines(_from_utf_16(file), "utf-8"))
    elif start == codecs.BOM_UTF8:
        rows = _rows(_Lines(_bounded_lines(file), "utf-8"))
    else:
        encoding = _encoding(file)
        file.seek(0)
        rows = _rows(_Lines(_bounded_lines(file), encoding))
    header = next(rows, None)
    if header is None:
        raise FileRefused(Reason.EMPTY_FILE)
    return Sheet(header, rows, pads=False)


def _encoding(file: BinaryIO) -> str:
    """Choose what most lines with Chinese in them are: Chinese in GB18030 hardly ever happens to be sound UTF-8."""
    sound = broken = 0
    for line in _bounded_lines(file):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            sound += 1
        except UnicodeDecodeError:
            broken += 1
    return "utf-8" if sound >= broken else "gb18030"


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Give lines with their end; of an overlong one the beginning alone, without an end."""
    while line := file.readline(IMPORT_ROW_BYTES_MAX):
        yield line
        whole = line.endswith(b"\n")
        while not whole and (rest := file.readline(IMPORT_ROW_BYTES_MAX)):
            whole = rest.endswith(b"\n")


def _from_utf_16(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of what spreadsheets call Unicode text, as UTF-8."""
    text = TextIOWrapper(file, "utf-16", newline="\n")
    try:
        while line := text.readline(IMPORT_ROW_BYTES_MAX):
            yield line.encode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused(Reason.BAD_ENCODING) from error
    finally:
        text.detach()


class _Fault(Exception):
    """The lines of this row cannot be read on."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class _Lines:
    """Feeds the CSV parser: counts lines, bounds a row, and can go back to the line after a row's first."""

    def __init__(self, lines: Iterator[bytes], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self._again: list[bytes] = []
        self._row: list[bytes] = []
        self._size = 0
        self._rereads = 0
        self.first_line = 1

    def delimiter(self) -> str:
        """Tell from the first line: a tab where there is one and no comma."""
        first = next(self._lines, b"")
        if first:
            self._again.append(first)
        return "\t" if b"\t" in first and b"," not in first else ","

    def begin_row(self) -> None:
        self.first_line += len(self._row)
        self._row = []
        self._size = 0

    def go_back(self) -> None:
        """Let the row that failed be its first line alone, as long as that is not asked too often."""
        if len(self._row) > 1 and self._rereads < IMPORT_REREADS_MAX:
            self._rereads += 1
            self._again = self._row[:0:-1] + self._again
            del self._row[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self._row.append(line)
        self._size += len(line)
        if self._size >= IMPORT_ROW_BYTES_MAX:
            raise _Fault(Reason.ROW_TOO_LARGE)
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            raise _Fault(Reason.BAD_ENCODING) from None


def _rows(lines: _Lines) -> Iterator[RawRow]:
    """Give the header and every row that is not blank."""
    parser = csv.reader(lines, strict=True, delimiter=lines.delimiter())
    while True:
        lines.begin_row()
        try:
            cells = next(parser)
        except StopIteration:
            return
        except _Fault as fault:
            lines.go_back()
            yield RawRow(lines.first_line, (), fault.reason)
        except csv.Error:
            lines.go_back()
            yield RawRow(lines.first_line, (), Reason.BAD_QUOTING)
        else:
            if any(cells):
                yield RawRow(lines.first_line, cells)
