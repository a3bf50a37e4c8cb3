"""A report as a file that somebody waits for: of a bounded number of rows, its reading noted before any name is read."""

from tempfile import TemporaryFile
from typing import IO

from schemas.vocabulary import Code
from server.books.dates import iso_date, local_day
from server.database import Database
from server.limits import REPORT_DOWNLOAD_ROWS_MAX
from server.reports.query import Query
from server.reports.report import NoteReading, open_report
from server.reports.write import Form, write_report
from sync.errors import Refused

MEDIA_TYPES = {
    Form.CSV: "text/csv",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}


def report_file(
    database: Database, query: Query, form: Form, note_reading: NoteReading, now_ms: int
) -> IO[bytes]:
    """Give a report as a file that is gone once it is closed. Raise `Refused(too_large)` beyond `REPORT_DOWNLOAD_ROWS_MAX`."""
    out = TemporaryFile()  # noqa: SIM115 # whoever hands it out closes it
    with open_report(database, query, note_reading) as report:
        write_report(out, form, report, now_ms, _bounded)
    out.seek(0)
    return out


def file_name(query: Query, form: Form, now_ms: int) -> str:
    """Give what the file of a report made now is called."""
    return f"report-{query.by.value}-{iso_date(local_day(now_ms))}.{form}"


def _bounded(rows: int) -> None:
    if rows > REPORT_DOWNLOAD_ROWS_MAX:
        words = (
            f"超过 {REPORT_DOWNLOAD_ROWS_MAX} 行，请缩小范围，或保存为定期报表 / "
            "too many rows: narrow it down, or save it as a report that is made by itself"
        )
        raise Refused(Code.TOO_LARGE, words)
