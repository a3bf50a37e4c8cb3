"""Make the saved reports that are due: each stretch once, each file whole or not at all, one that fails for none but itself.

A stretch that was stopped is made again from its beginning: a file whose rows were of two moments would be no report. Those
that were done before it stay done, so that every run gets further.
"""

from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server import bulk, logs
from server.access.part import Part
from server.books.dates import iso_date
from server.books.hours import Span
from server.database import Database
from server.limits import REPORT_PROGRESS_ROWS
from server.models.report import ReportRun
from server.reports.keep_files import drop_old
from server.reports.query import Query
from server.reports.report import Report, open_report
from server.reports.saved import Run, Saved, read_runs, read_saved
from server.reports.stretch import last_stretch
from server.reports.write import write_report
from server.whole_file import replacing
from sync.errors import Refused

PartOf = Callable[[str], Part]
"""Gives the part of an owner, as it is now. Raises `Refused` for one that is nobody's any more."""

NowMs = Callable[[], int]

RUNNING, DONE, FAILED = "running", "done", "failed"

_log = structlog.get_logger()


def run_due(database: Database, folder: Path, part_of: PartOf, now_ms: NowMs) -> list[Run]:
    """Make whatever is due and was not made yet, and give it. folder: of all saved reports' files."""
    with database.read() as connection:
        every = read_saved(connection)
        done = {(run.name, run.span.first) for run in read_runs(connection) if run.state == DONE}
    found = []
    for saved in every:
        span = last_stretch(saved.every, now_ms())
        if (saved.name, span.first) not in done:
            found.append(_Making(database, folder, saved, span, now_ms).make(part_of))
            drop_old(database, folder)
    return found


class _Making:
    """One stretch of one report, on its way."""

    def __init__(
        self, database: Database, folder: Path, saved: Saved, span: Span, now_ms: NowMs
    ) -> None:
        self._database = database
        self._folder = folder / saved.name
        self._saved = saved
        self._span = span
        self._now_ms = now_ms
        self._started_ms = now_ms()
        self._file = f"{saved.name}-{iso_date(span.first)}.{saved.form}"

    def make(self, part_of: PartOf) -> Run:
        """Write the file, and keep how it went."""
        self._keep(RUNNING, 0)
        try:
            rows = self._write(self._saved.query(self._span, part_of(self._saved.owner)))
        except (OSError, Refused, SQLAlchemyError) as error:
            _log.error("report_failed", report=self._saved.name, at=logs.places(error))
            return self._keep(FAILED, 0, problem=type(error).__name__)
        return self._keep(DONE, rows)

    def _write(self, query: Query) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / self._file
        with (
            replacing(file) as out,
            open_report(self._database, query, _nothing_to_note) as report,
        ):
            return write_report(out, self._saved.form, report, self._started_ms, self._progress)

    def _progress(self, rows: int) -> None:
        if rows % REPORT_PROGRESS_ROWS == 0:
            self._keep(RUNNING, rows)

    def _keep(self, state: str, rows: int, *, problem: str = "") -> Run:
        """Keep how far it is, for whoever looks and for whoever comes after a stop."""
        file = self._folder / self._file
        size, digest = _look(file) if state == DONE else (0, b"")
        ended_ms = 0 if state == RUNNING else self._now_ms()
        name, span = self._saved.name, self._span
        times = (self._started_ms, ended_ms)
        row = (
            name,
            span.first,
            span.last,
            state,
            rows,
            *times,
            file.name,
            size,
            digest,
            problem[:100],
        )
        with self._database.write_facts() as connection:
            bulk.upsert(connection, ReportRun, [row])
        return Run(name, span, state, rows, *times, file.name, size, problem)


def _look(file: Path) -> tuple[int, bytes]:
    """Give how large a file is, and its hash."""
    with file.open("rb") as opened:
        return file.stat().st_size, file_digest(opened, "sha256").digest()


def _nothing_to_note(_connection: Connection, _report: Report) -> None:
    raise RuntimeError("a saved report asked for names")
