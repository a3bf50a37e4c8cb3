"""A report as a file: one slice, since rows of two moments would be no report. One that was stopped begins again."""

from hashlib import file_digest

from server.books.derive.drain import drain
from server.books.hours import Span
from server.limits import RUN_TOLD_ROWS
from server.reports.note import noting
from server.reports.query import By, Only, Query
from server.reports.report import Report, open_report
from server.reports.write import Form, write_report
from server.runs.asked import Report as Asked
from server.runs.workbench import Outcome, Workbench
from server.whole_file import replacing


def step(bench: Workbench) -> Outcome:
    """Write it."""
    asked = bench.run.wants()
    if not isinstance(asked, Asked):
        raise TypeError(asked)
    services, made_ms, form = bench.services, bench.now_ms(), Form(asked.form)
    drain(services.database, services.signer.keys.identity_public)
    bench.tell_now(doing="adding", done=0)
    noted = noting(bench.run.owner or "cli", made_ms)
    file = bench.folder / f"report-{asked.by}.{form}"
    with (
        replacing(file) as out,
        open_report(services.database, query_of(asked, bench), noted) as report,
    ):
        bench.tell_now(doing="rows", total=_rows(report))
        write_report(out, form, report, made_ms, lambda rows: _told(bench, rows))
    total = report.total.now
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    said = f"{total.people} {total.records} {total.credited} {total.state.value} {digest}"
    return Outcome(file.name, said, total.people)


def query_of(asked: Asked, bench: Workbench) -> Query:
    """Give what is asked for, within the part in which its owner may have it now."""
    only = Only(**{kind: tuple(codes) for kind, codes in asked.only.items()})
    before = None if asked.before is None else Span(*asked.before)
    span = Span(asked.first, asked.last)
    return Query(By(asked.by), span, bench.part, only, before, asked.purpose)


def _rows(report: Report) -> int:
    """Give how many rows there will be, where that is known: a row a person."""
    is_known = report.query.by is By.VOLUNTEER and report.query.before is None
    return report.total.now.people if is_known else 0


def _told(bench: Workbench, rows: int) -> None:
    if rows % RUN_TOLD_ROWS == 0:
        bench.tell_now(done=rows)
