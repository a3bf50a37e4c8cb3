"""Read what the official site answered, as it stands in a CSV or XLSX file: nothing is looked up, and nothing believed."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import NamedTuple

from schemas.vocabulary import Code
from server.imports.read_xlsx import read_xlsx
from server.imports.reasons import SENTENCES, FileRefused, Reason
from sync.errors import Refused

_NAMES = {
    "row": ("row", "行号"),
    "receipt": ("receipt", "回执", "回执号"),
    "reason": ("reason", "原因"),
}
_COLUMNS = {heading: name for name, headings in _NAMES.items() for heading in headings}
_ZIP = b"PK\x03\x04"


class ReceiptLine(NamedTuple):
    """A line of the file. trouble: why it cannot be read ("": it can)."""

    line: int
    row: str
    receipt: str
    reason: str
    trouble: str = ""


_Cells = tuple[int, Sequence[str | Reason]]


def read_receipts(content: bytes) -> Iterator[ReceiptLine]:
    """Give the lines of a file. Raise `Refused(malformed)` for one that is none or lacks columns."""
    rows = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    _, header = next(rows, (0, ()))
    columns = [_COLUMNS.get(str(cell).strip().lower(), "") for cell in header]
    if "row" not in columns or not {"receipt", "reason"} & set(columns):
        raise Refused(Code.MALFORMED, "缺少列 / columns missing: row, receipt, reason")
    for line, cells in rows:
        found = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        if any(found.values()):
            yield _line(line, found)


def _line(line: int, found: dict[str, str | Reason]) -> ReceiptLine:
    texts = {n: "" if isinstance(c, Reason) else c.strip() for n, c in found.items()}
    faults = [" / ".join(SENTENCES[c]) for c in found.values() if isinstance(c, Reason)]
    row, receipt, reason = (texts.get(name, "") for name in _NAMES)
    return ReceiptLine(line, row, receipt, reason, "; ".join(faults))


def _csv(content: bytes) -> Iterator[_Cells]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    try:
        yield from enumerate(csv.reader(StringIO(text, newline="")), 1)
    except csv.Error as error:
        raise Refused(Code.MALFORMED, "不是 CSV / not a CSV file") from error


def _xlsx(content: bytes) -> Iterator[_Cells]:
    try:
        sheet = read_xlsx(BytesIO(content))
        rows: Iterable[_Cells] = ((row.line, row.cells) for row in (sheet.header, *sheet.rows))
        yield from rows
    except FileRefused as error:
        raise Refused(Code.MALFORMED, error.message) from error
