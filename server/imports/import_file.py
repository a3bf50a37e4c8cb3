"""Import a file of reference data: read and check all of it first, then write what changed in one transaction.

Reading holds no lock, however slow the file. Killed at any moment, an import has happened wholly or not at all.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import local_day
from server.database import Database
from server.imports.cells import Cell
from server.imports.change import Author, Pens, next_entered, record
from server.imports.check_rows import Checker, Fault, make_checker
from server.imports.columns import Kind, Row
from server.imports.read_csv import read_csv
from server.imports.read_xlsx import read_xlsx
from server.imports.reasons import FileRefused, Reason
from server.imports.references import UNKNOWN_REFERENCE, refers_to_itself, unknown_references
from server.imports.report import Report
from server.imports.rows import Sheet
from server.imports.spool import Spool
from server.imports.write_rows import Notice, Writer, ignore
from server.limits import IMPORT_CHUNK_ROWS, IMPORT_FILE_BYTES_MAX
from server.people.may_change import outside

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Ports(Pens):
    """What an import needs from outside.

    progress: told what is being done ("read", "write") and the rows so far. notice: told each row that is new or differs, what
    stood before it (None: nothing) and what is to stand.
    """

    progress: Callable[[str, int], None]
    notice: Notice = ignore


@dataclass(frozen=True, slots=True)
class Wish:
    """What to import. day: from which changed versions hold (local date, days since 1970-01-01). author: who says so.

    part: where they may say it; rows outside are refused (`outside_part`), and the others count. all_or_nothing: they do not.
    """

    kind: Kind
    file: Path
    day: int
    author: Author
    part: Part
    dry_run: bool = False
    all_or_nothing: bool = False


def import_file(database: Database, wish: Wish, ports: Ports) -> Report:
    """Import a file. Raise `FileRefused` if it cannot be read as a whole; bad rows are in the report."""
    report = Report(wish.kind.name, dry_run=wish.dry_run)
    with wish.file.open("rb") as file, Spool() as spool:
        sheet = _open_sheet(file)
        checker = make_checker(wish.kind, sheet)
        report.unknown_columns = checker.headers.unknown
        own = _check(checker, sheet, spool, report, ports)
        if report.bad and wish.all_or_nothing:
            report.unchanged = 0
            return report
        try:
            with database.read() if wish.dry_run else database.write_facts() as connection:
                writer = _writer(connection, wish, checker.absent, ports)
                _write(connection, writer, spool, own, report, ports)
                if report.bad and wish.all_or_nothing:
                    raise _NotAllError
                if (report.added or report.changed) and not wish.dry_run:
                    rows = report.added + report.changed
                    record(connection, writer, rows, wish.author, ports)
        except _NotAllError:  # and the transaction with it
            report.added = report.changed = report.unchanged = 0
    report.errors.sort(key=lambda error: error.line)  # those outside the part were found last
    return report


class _NotAllError(Exception):
    """Rows lie outside the part, and it was to be all or nothing."""


def _writer(connection: Connection, wish: Wish, absent: tuple[int, ...], ports: Ports) -> Writer:
    def fence(connection: Connection, rows: Sequence[Row]) -> Set[int]:
        return outside(connection, wish.part, wish.kind, rows)

    entered = next_entered(connection, lock=not wish.dry_run)
    today = local_day(wish.author.at_ms)
    return Writer(wish.kind, wish.day, today, entered, absent, wish.dry_run, ports.notice, fence)


def _open_sheet(file: BinaryIO) -> Sheet:
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if size > IMPORT_FILE_BYTES_MAX:
        raise FileRefused(Reason.FILE_TOO_LARGE)
    if start == _OLE:
        raise FileRefused(Reason.OLD_EXCEL)
    return read_xlsx(file) if start == _ZIP else read_csv(file)


def _check(checker: Checker, sheet: Sheet, spool: Spool, report: Report, ports: Ports) -> set[Cell]:
    """Check the whole file. Give the codes it brings, where its rows may name each other."""
    own: set[Cell] = set()
    code = checker.kind.index(checker.kind.key[0]) if refers_to_itself(checker.kind) else None
    for checked in checker.check(sheet):
        report.rows += 1
        if checked.faults:
            report.add_faults(checked.faults)
        elif checked.row is None:
            report.unchanged += 1
        else:
            spool.add(checked.line, checked.row)
            if code is not None:
                own.add(checked.row[code])
        ports.progress("read", report.rows)
    return own


def _write(
    connection: Connection,
    writer: Writer,
    spool: Spool,
    own: set[Cell],
    report: Report,
    ports: Ports,
) -> None:
    if report.rows > IMPORT_CHUNK_ROWS and writer.kind.name == "volunteers" and not writer.dry_run:
        writer.stage(connection)
    for lines, rows in spool.chunks():
        written = writer.write(connection, rows)
        for place in sorted(written.outside):
            report.add_faults([Fault(lines[place], "", Reason.OUTSIDE_PART)])
        mine = [row for place, row in enumerate(rows) if place not in written.outside]
        missing = unknown_references(connection, writer.kind, mine, own)
        if missing:
            report.warnings[UNKNOWN_REFERENCE] += missing
        report.added += written.added
        report.changed += written.changed
        report.unchanged += written.unchanged
        if written.people and not writer.dry_run:
            ports.queue_people(connection, written.people)
        ports.progress("write", report.accepted)
    writer.finish()
