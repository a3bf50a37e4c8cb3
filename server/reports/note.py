"""Reports that show names are kept in the audit: who asked, of what, how many people, and what for."""

from sqlalchemy import Connection

from server.access.audit import Read, note_reading
from server.reports.query import Query, dates_of
from server.reports.report import NoteReading, Report

WHAT = "report"


def noting(by: str, now_ms: int, what: str = WHAT) -> NoteReading:
    """Give what keeps a report's reading. by: account, or the command line's user. what: through which door."""

    def note(connection: Connection, report: Report) -> None:
        people = report.total.now.people + (
            report.total.before.people if report.total.before else 0
        )
        read = Read(by, what, asked_of(report.query), people, report.query.purpose)
        note_reading(connection, now_ms, read)

    return note


def asked_of(query: Query) -> str:
    """Say in a line what is asked for."""
    only = (f"{kind}={','.join(codes)}" for kind, codes in query.only.named().items())
    return " ".join([query.by.value, dates_of(query.span), *only])
