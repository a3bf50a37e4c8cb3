"""Take back what the official site says of rows that were sent: a receipt or a reason for each (F5)."""

from dataclasses import dataclass
from pathlib import Path
from re import fullmatch

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server import bulk
from server.access.part import EVERYTHING, Part
from server.database import Database
from server.exports.official_rows import Wanted
from server.exports.read_receipts import ReceiptLine, read_receipts
from server.exports.send_official import Totals, totals
from server.limits import EXPORT_RECEIPT_FILE_BYTES_MAX
from server.models.export import ExportRow
from server.whole_file import open_plain
from sync.errors import Refused

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


def take_receipts(
    database: Database, file: Path, control: Totals | None = None, part: Part = EVERYTHING
) -> Taken:
    """Take in a CSV or XLSX file of row, receipt, reason. The same again changes nothing; bad rows are listed, others count.

    Rows of sites outside the part are rows that nobody sent. control: what the official site says it accepted; raise
    `Refused(totals_differ)` if the rows say otherwise, and nothing is taken. Raise `Refused`: `not_found`, `too_large`,
    `malformed`; `OSError`.
    """
    with open_plain(file) as opened:
        content = opened.read(EXPORT_RECEIPT_FILE_BYTES_MAX + 1)
    return take_content(database, content, control, part)


def take_content(
    database: Database, content: bytes, control: Totals | None = None, part: Part = EVERYTHING
) -> Taken:
    """Take in what is in such a file."""
    if len(content) > EXPORT_RECEIPT_FILE_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {EXPORT_RECEIPT_FILE_BYTES_MAX} bytes")
    lines = list(read_receipts(content))
    with database.write_facts() as connection:
        taken = _take(connection, lines, part)
        said = Totals(taken.people, taken.records, taken.minutes)
        if control is not None and said != control:
            raise Refused(Code.TOTALS_DIFFER, f"{said} ≠ {control}")
        return taken


def _take(connection: Connection, lines: list[ReceiptLine], part: Part) -> Taken:
    bad, accepted = [], []
    counts = {"accepted": 0, "refused": 0, "already": 0}
    for line in lines:
        row = _sent_row(connection, line.row, part)
        why = line.trouble or _trouble(row, line)
        if why or row is None:
            bad.append(BadRow(line.line, line.row[:40], why))
            continue
        said = "accepted" if line.receipt else "refused"
        if said == "accepted":
            accepted.append(Wanted(row.who, row.record, row.day, row.minutes))
        if (row.state, row.receipt, row.reason) == (said, line.receipt, line.reason):
            counts["already"] += 1
            continue
        bulk.execute(connection, _SAY, (said, line.receipt, line.reason, row.chunk, row.place))
        counts[said] += 1
    once = totals(list(dict.fromkeys(accepted)))
    return Taken(
        counts["accepted"], counts["refused"], counts["already"],
        once.people, once.records, once.minutes, bad,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _SentRow:
    """A row that was sent, and what is known of it."""

    chunk: int
    place: int
    who: str
    record: bytes
    day: int
    minutes: int
    state: str
    receipt: str
    reason: str


def _sent_row(connection: Connection, number: str, part: Part) -> _SentRow | None:
    """Give the row that goes by this number now (a row that was sent again goes by its new one)."""
    found = fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", number) if number.isascii() else None
    if found is None:
        return None
    chunk, place = int(found[1]), int(found[2])
    sent = ExportRow
    row = connection.execute(
        select(
            sent.who, sent.record, sent.day, sent.minutes, sent.state, sent.receipt, sent.reason
        ).where(sent.chunk == chunk, sent.place == place, part.sites_within(sent.site))
    ).first()
    return None if row is None else _SentRow(chunk, place, row.who, bytes(row.record), *row[2:])


def _trouble(row: _SentRow | None, line: ReceiptLine) -> str:
    """Say why a line cannot be taken, "" if it can."""
    if row is None:
        return "没有发出过这一行，或已另行重发 / no such row was sent, or it was sent again since"
    if bool(line.receipt) == bool(line.reason):
        return "回执和原因须填且只填一个 / give a receipt or a reason, and only one"
    if len(line.receipt) > RECEIPT_CHARS or len(line.reason) > REASON_CHARS:
        return "过长 / too long"
    if row.state == "accepted" and (line.reason or row.receipt != line.receipt):
        return "这一行已有回执 / this row has another receipt already"
    return ""


_SAY = "UPDATE export_row SET state = ?, receipt = ?, reason = ? WHERE chunk = ? AND place = ?"
