"""Saved reports: one's own, made by themselves once in every stretch, always masked; and the files that were made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import fields, validate

from server.access.roles import Right
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Nothing, Strict, Truth, number, words
from server.api.files import CSV, JSON, XLSX, stream_out
from server.api.shapes import page_shape
from server.books.dates import iso_date, iso_time, read_date
from server.books.explain.words import GRADES
from server.jobs.reports import folder_of
from server.limits import REPORT_FILTER_CODES_MAX
from server.reports.hand_out import MEDIA_TYPES
from server.reports.own import Own, find_made, find_own, read_own
from server.reports.query import By, Only
from server.reports.saved import Run, Saved, remove_report, save_report, version_of
from server.reports.stretch import Every
from server.reports.write import Form

calls = Calls("saved_reports", __name__, "Reports that are made by themselves, and their files.")
_CATEGORY_CHARS = 40


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A stretch that was made, or is being made. first, last: its dates; first is its place in the address of the file.

    state: `running`, `done` or `failed`. ended: null while it runs. bytes: of the file.
    """

    first: str
    last: str
    state: str
    rows: int
    file: str
    bytes: int
    started: str
    ended: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A saved report. only: what it is narrowed to, codes by kind. compares: with the stretch before. seen: its version."""

    name: str
    by: str
    every: str
    form: str
    only: dict[str, tuple[str, ...]]
    compares: bool
    seen: str
    made: list[ReportMade]


@dataclass(frozen=True, slots=True)
class SavedReportRemoved:
    """A saved report that is gone, with its files. removed: false where it was gone before."""

    name: str
    removed: bool


def _codes(of: fields.String) -> fields.List[Any]:
    """Give the field for codes of one kind. None of them: all."""
    most = validate.Length(max=REPORT_FILTER_CODES_MAX)
    return fields.List(of, load_default=list, validate=most)


class OnlyWanted(Strict):
    """What a report is narrowed to: codes of each kind. A region brings those below it."""

    volunteers = _codes(number())
    teams = _codes(number())
    regions = _codes(number())
    sites = _codes(number())
    posts = _codes(number())
    categories = _codes(words(_CATEGORY_CHARS, 1))
    grades = _codes(fields.String(validate=validate.OneOf(list(GRADES))))


class SaveWanted(Strict):
    """A report to be made once in every stretch. compares: with the one before."""

    name = number(required=True)
    by = fields.String(required=True, validate=validate.OneOf([by.value for by in By]))
    every = fields.String(required=True, validate=validate.OneOf([one.value for one in Every]))
    form = fields.String(
        load_default=Form.XLSX.value, validate=validate.OneOf([form.value for form in Form])
    )
    narrowed = fields.Nested(OnlyWanted, data_key="only", load_default=dict)
    compares = Truth(load_default=False)


@calls.reads("/reports/saved", needs=Right.REPORT, gives=page_shape(SavedReport))
def browse(_asked: dict[str, Any]) -> Page[SavedReport]:
    """One's own saved reports, by name; there are few."""
    with here.reading() as connection:
        own = read_own(connection, _owner())
    return Page([_told(one) for one in own], None)


@calls.reads(
    "/reports/saved/<number:report>", needs=Right.REPORT, gives=SavedReport, has_version=True
)
def one(_asked: dict[str, Any], report: str) -> tuple[SavedReport, dict[str, str]]:
    """One of one's own saved reports, and what was made of it, the newest first."""
    with here.reading() as connection:
        told = _told(find_own(connection, _owner(), report))
    return told, tag(told.seen)


@calls.acts(
    "/reports/saved", needs=Right.REPORT, takes=SaveWanted, gives=SavedReport, is_based=True
)
def save(wanted: dict[str, Any]) -> tuple[SavedReport, dict[str, str]]:
    """Save a report, or change one of one's own. `If-Match`: the `ETag` of the report; `*` for a new one."""
    saved = Saved(
        wanted["name"],
        By(wanted["by"]),
        Every(wanted["every"]),
        Form(wanted["form"]),
        Only(**{kind: tuple(dict.fromkeys(codes)) for kind, codes in wanted["narrowed"].items()}),
        wanted["compares"],
        _owner(),
    )
    save_report(here.services().database, saved, here.now_ms(), seen=seen())
    with here.reading() as connection:
        told = _told(find_own(connection, _owner(), saved.name))
    return told, tag(told.seen)


@calls.acts(
    "/reports/saved/<number:report>/remove",
    needs=Right.REPORT,
    takes=Nothing,
    gives=SavedReportRemoved,
)
def remove(_wanted: dict[str, Any], report: str) -> SavedReportRemoved:
    """Forget one of one's saved reports, with the files that were made."""
    services = here.services()
    with here.reading() as connection:
        find_own(connection, _owner(), report)
    gone = remove_report(services.database, folder_of(services), report)
    return SavedReportRemoved(report, gone)


@calls.reads(
    "/reports/saved/<number:report>/files/<date:first>",
    needs=Right.REPORT,
    gives=(CSV, XLSX, JSON),
)
def made(_asked: dict[str, Any], report: str, first: str) -> Response:
    """The file that was made of the stretch that begins on this date."""
    folder = folder_of(here.services())
    with here.reading() as connection:
        file, run = find_made(connection, folder, _owner(), report, _day(first))
    form = Form(Path(run.file).suffix[1:])
    return stream_out(file.open("rb"), run.file, MEDIA_TYPES[form])


def _owner() -> str:
    return here.caller().account.username


def _day(first: str) -> int:
    """Read a date of an address, whose form was looked at already; one that no calendar has is nobody's."""
    try:
        return read_date(first)
    except ValueError:
        return -1


def _told(own: Own) -> SavedReport:
    saved, runs = own
    only = saved.only.named()
    kinds = (saved.name, saved.by.value, saved.every.value, saved.form.value)
    return SavedReport(*kinds, only, saved.compares, version_of(saved), [_made(r) for r in runs])


def _made(run: Run) -> ReportMade:
    return ReportMade(
        iso_date(run.span.first), iso_date(run.span.last), run.state, run.rows, run.file, run.size,
        iso_time(run.started_ms), iso_time(run.ended_ms) if run.ended_ms else None, run.problem,
    )  # fmt: skip
