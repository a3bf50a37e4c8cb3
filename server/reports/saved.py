"""Saved reports: kept by name, made once in every stretch, always with masked names (nobody is there to say a purpose)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Row, delete, func, select

from schemas.vocabulary import Code
from server import bulk
from server.access.part import Part
from server.books.hours import Span
from server.database import Database
from server.limits import REPORTS_SAVED_MAX
from server.models.report import ReportRun, SavedReport
from server.reports.query import By, Only, Query
from server.reports.stretch import Every, stretch_before
from server.reports.write import Form
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Saved:
    """A report to be made once in every stretch. compares: with the one before. owner: whose part it keeps to ("": operator)."""

    name: str
    by: By
    every: Every
    form: Form = Form.XLSX
    only: Only = field(default_factory=Only)
    compares: bool = False
    owner: str = ""

    def query(self, span: Span, part: Part) -> Query:
        """Give what is asked for of a stretch, within the owner's part."""
        before = stretch_before(self.every, span.first) if self.compares else None
        return Query(self.by, span, part, self.only, before)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch as it was made, or is being made. Times are server time in ms, 0: not ended; size: bytes."""

    name: str
    span: Span
    state: str
    rows: int
    started_ms: int
    ended_ms: int
    file: str
    size: int
    problem: str


def version_of(saved: Saved) -> str:
    """Give what tells this version of a saved report from others, in hex."""
    return sha256(repr(saved).encode()).hexdigest()[:32]


def save_report(database: Database, saved: Saved, now_ms: int, *, seen: str | None = None) -> None:
    """Keep a report under its name; one of that name is replaced, what it made stays.

    The server's operator (owner "") replaces anybody's; others their own alone. seen: the version that this one is in place of
    ("": there was none; None: whatever is there). Raise `Refused`: `bad_field`, `changed_since`.
    """
    saved.query(_ANY_STRETCH, Part())  # says what has no meaning
    only = json.dumps(saved.only.named(), ensure_ascii=False)
    kinds = (saved.by.value, saved.every.value, saved.form.value)
    row = (saved.name, *kinds, only, int(saved.compares), saved.owner, now_ms)
    with database.write_facts() as connection:
        there = connection.execute(
            select(SavedReport).where(SavedReport.name == saved.name)
        ).first()
        _require_may_replace(None if there is None else _saved(there), saved, seen)
        others = select(func.count()).select_from(SavedReport).where(SavedReport.name != saved.name)
        if (connection.scalar(others) or 0) >= REPORTS_SAVED_MAX:
            words = (
                f"最多保存 {REPORTS_SAVED_MAX} 个报表 / at most {REPORTS_SAVED_MAX} saved reports"
            )
            raise Refused(Code.BAD_FIELD, words)
        bulk.upsert(connection, SavedReport, [row])


def _require_may_replace(there: Saved | None, saved: Saved, seen: str | None) -> None:
    if there is not None and saved.owner not in ("", there.owner):
        words = f"名称已被别人占用 / somebody else has a report of this name: {saved.name}"
        raise Refused(Code.BAD_FIELD, words)
    now = "" if there is None else version_of(there)
    if seen is not None and seen != now and there != saved:  # the same again changes nothing
        raise Refused(Code.CHANGED_SINCE, "报表有变 / the report is another by now")


def remove_report(database: Database, folder: Path, name: str) -> bool:
    """Forget a report and delete what it made; tell whether there was one. folder: of all saved reports' files."""
    with database.write_facts() as connection:
        gone = connection.execute(delete(SavedReport).where(SavedReport.name == name)).rowcount
        connection.execute(delete(ReportRun).where(ReportRun.name == name))
    if gone and (folder / name).is_dir():
        for file in (folder / name).iterdir():
            file.unlink(missing_ok=True)
        (folder / name).rmdir()
    return bool(gone)


def read_saved(connection: Connection) -> list[Saved]:
    """Give all saved reports, by name."""
    rows = connection.execute(select(SavedReport))
    return sorted((_saved(row) for row in rows), key=lambda saved: saved.name)


def read_runs(connection: Connection, names: Sequence[str] = ()) -> list[Run]:
    """Give what was made of these reports, or of all, by name, the newest first."""
    query = select(ReportRun)
    if names:
        query = query.where(ReportRun.name.in_(names))
    found = (_run(row) for row in connection.execute(query))
    return sorted(found, key=lambda run: (run.name, -run.span.first))


def _saved(row: Row[SavedReport]) -> Saved:
    only = Only(**{kind: tuple(codes) for kind, codes in json.loads(row.only).items()})
    by, every, form = By(row.by), Every(row.every), Form(row.form)
    return Saved(row.name, by, every, form, only, bool(row.compares), row.owner)


def _run(row: Row[ReportRun]) -> Run:
    return Run(
        row.name,
        Span(row.first, row.last),
        row.state,
        row.rows,
        row.started_ms,
        row.ended_ms,
        row.file,
        row.size,
        row.problem,
    )


_ANY_STRETCH = Span(20_000, 20_000)
