"""Take back what the official site says of rows that were sent: a receipt or a reason for each (F5)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from re import fullmatch

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server import bulk
from server.database import Database
from server.exports.official_rows import Wanted
from server.exports.send_official import Totals, totals
from server.limits import EXPORT_RECEIPT_FILE_BYTES_MAX
from server.whole_file import open_plain
from sync.errors import Refused

_NAMES = {
    "row": ("row", "行号"),
    "receipt": ("receipt", "回执", "回执号"),
    "reason": ("reason", "原因"),
}
_COLUMNS = {heading: name for name, headings in _NAMES.items() for heading in headings}
RECEIPT_CHARS, REASON_CHARS = 80, 200


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be taken. line: of the file."""

    line: int
    row: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in. people, records, minutes: control totals of what the file says was accepted. already: known before."""

    accepted: int
    refused: int
    already: int
    people: int
    records: int
    minutes: int
    bad: list[BadRow]


def take_receipts(database: Database, file: Path, control: Totals | None = None) -> Taken:
    """Take in a CSV file of row, receipt, reason. The same again changes nothing; bad rows are listed, the others count.

    control: what the official site says it accepted; raise `Refused(totals_differ)` if the rows say otherwise, and nothing is
    taken. Raise `Refused`: `not_found`, `too_large`, `malformed`; `OSError`.
    """
    with open_plain(file) as opened:
        content = opened.read(EXPORT_RECEIPT_FILE_BYTES_MAX + 1)
    if len(content) > EXPORT_RECEIPT_FILE_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {EXPORT_RECEIPT_FILE_BYTES_MAX} bytes")
    lines = list(_lines(content))
    with database.write_facts() as connection:
        taken = _take(connection, lines)
        said = Totals(taken.people, taken.records, taken.minutes)
        if control is not None and said != control:
            raise Refused(Code.TOTALS_DIFFER, f"{said} ≠ {control}")
        return taken


_Line = tuple[int, str, str, str]


def _lines(content: bytes) -> Iterator[_Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    rows = csv.reader(StringIO(text, newline=""))
    try:
        header = [_COLUMNS.get(cell.strip().lower(), "") for cell in next(rows, [])]
        if "row" not in header or not {"receipt", "reason"} & set(header):
            raise Refused(Code.MALFORMED, "缺少列 / columns missing: row, receipt, reason")
        for line, cells in enumerate(rows, 2):
            found = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            if any(found.values()):
                values = (found.get(name, "") for name in ("row", "receipt", "reason"))
                yield line, *values  # type: ignore[misc] # three
    except csv.Error as error:
        raise Refused(Code.MALFORMED, "不是 CSV / not a CSV file") from error


def _take(connection: Connection, lines: list[_Line]) -> Taken:
    bad, accepted = [], []
    counts = {"accepted": 0, "refused": 0, "already": 0}
    for line, number, receipt, reason in lines:
        found = fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", number)
        place = (int(found[1]), int(found[2])) if found and number.isascii() else (0, 0)
        rows = bulk.fetch(connection, _ROW, place)
        why = _trouble(rows, receipt, reason)
        if why:
            bad.append(BadRow(line, number[:40], why))
            continue
        who, record, day, minutes, state, kept_receipt, kept_reason = rows[0]
        said = "accepted" if receipt else "refused"
        if said == "accepted":
            accepted.append(Wanted(who, bytes(record), day, minutes))
        if (state, kept_receipt, kept_reason) == (said, receipt, reason):
            counts["already"] += 1
            continue
        bulk.execute(connection, _SAY, (said, receipt, reason, *place))
        counts[said] += 1
    once = totals(list(dict.fromkeys(accepted)))
    return Taken(
        counts["accepted"], counts["refused"], counts["already"],
        once.people, once.records, once.minutes, bad,
    )  # fmt: skip


def _trouble(rows: list[tuple[object, ...]], receipt: str, reason: str) -> str:
    """Say why a line cannot be taken, "" if it can."""
    if not rows:
        return "没有发出过这一行，或已另行重发 / no such row was sent, or it was sent again since"
    if bool(receipt) == bool(reason):
        return "回执和原因须填且只填一个 / give a receipt or a reason, and only one"
    if len(receipt) > RECEIPT_CHARS or len(reason) > REASON_CHARS:
        return "过长 / too long"
    if rows[0][4] == "accepted" and (reason or rows[0][5] != receipt):
        return "这一行已有回执 / this row has another receipt already"
    return ""


_ROW = (
    "SELECT who, record, day, minutes, state, receipt, reason FROM export_row "
    "WHERE chunk = ? AND place = ?"
)
_SAY = "UPDATE export_row SET state = ?, receipt = ?, reason = ? WHERE chunk = ? AND place = ?"
