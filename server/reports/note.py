"""Reports that show names are kept in the audit: who asked, of what, how many people, and what for."""

from sqlalchemy import Connection

from server.access.audit import Read, note_reading
from server.reports.query import dates_of
from server.reports.report import NoteReading, Report

WHAT = "report"


def noting(by: str, now_ms: int) -> NoteReading:
    """Give what keeps a report's reading. by: account, or the command line's user. now_ms: server time."""

    def note(connection: Connection, report: Report) -> None:
        people = report.total.now.people + (
            report.total.before.people if report.total.before else 0
        )
        read = Read(by, WHAT, _about(report), people, report.query.purpose)
        note_reading(connection, now_ms, read)

    return note


def _about(report: Report) -> str:
    only = (f"{kind}={','.join(codes)}" for kind, codes in report.query.only.named().items())
    return " ".join([report.query.by.value, dates_of(report.query.span), *only])
