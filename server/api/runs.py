"""Runs: long work in the background. Each is its account's alone; a token needs the right that its kind takes, too."""

from dataclasses import dataclass
from typing import Any

from flask import Response, send_file

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Nothing, Strict, words
from server.api.files import BYTES
from server.api.run_wishes import (
    BadgeRunWanted,
    CertificateRunWanted,
    ReportRunWanted,
    badges_of,
    certificates_of,
    report_of,
)
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_time
from server.books.hours import Span
from server.certificates.issue import require_reviewer
from server.limits import RUN_LEFT_LISTED_MAX, RUN_PURPOSE_CHARS_MAX
from server.reports.query import By, Only, Query, dates_of
from server.runs import ask
from server.runs.asked import Asked, rule_of
from server.runs.badges import people_of
from server.runs.certificates import people_of_team
from server.runs.folder import file_of
from server.runs.owners import part_for
from server.runs.run import LeftOut, Run, read_left, read_run, read_runs
from sync.errors import Refused

calls = Calls(
    "runs", __name__, "Long work in the background: asked for, watched, stopped, fetched."
)
NAMES.update({LeftOut: "RunLeftOut"})


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run. state: `waiting`, `working`, `done`, `failed` (see `code`, `message`) or `stopped`. total: 0 where nobody knows.

    people: how many its file shows; left: how many were left out. file: "" where there is none. result: of a bulletin its
    number; of a report people, records, credited minutes, state and the SHA-256 of the file; of an export files and rows.
    """

    id: str
    kind: str
    about: str
    state: str
    doing: str
    done: int
    total: int
    left: int
    people: int
    asked: str
    begun: str | None
    beat: str | None
    ended: str | None
    code: str
    message: str
    file: str
    size: int
    result: str


@dataclass(frozen=True, slots=True)
class RunDetail:
    """A run, and the first of whom it left out; its file names all."""

    run: RunTold
    left_out: list[LeftOut]


class FileAsked(Strict):
    """What a file with names is needed for."""

    purpose = words(
        RUN_PURPOSE_CHARS_MAX,
        load_default=str,
        metadata={"description": "Needed where the file shows names; it is noted."},
    )


@calls.reads("/runs", needs=Right.SEE, gives=page_shape(RunTold))
def browse(_asked: dict[str, Any]) -> Page[RunTold]:
    """Runs of your account, the newest first; there are few."""
    with here.reading() as connection:
        found = read_runs(connection, _me())
    return Page([_told(run) for run in found], None)


@calls.reads("/runs/<upload:run>", needs=Right.SEE, gives=RunDetail)
def one(_asked: dict[str, Any], run: str) -> RunDetail:
    """How a run stands."""
    return _detail_of(run)


@calls.acts("/runs/certificates", needs=Right.CERTIFY, takes=CertificateRunWanted, gives=RunDetail, status=202)  # fmt: skip
def certificates(wanted: dict[str, Any]) -> RunDetail:
    """Ask for certificates of many people."""
    require_reviewer(here.actor(Right.CERTIFY))
    asked = certificates_of(wanted)
    with here.reading() as connection:
        part = here.part(connection, Right.CERTIFY)
        if asked.team and not people_of_team(connection, asked.team, part):
            raise Refused(Code.NOT_FOUND, "team")
    return _begin(asked, asked.team or " ".join(asked.numbers))


@calls.acts("/runs/badges", needs=Right.BADGES, takes=BadgeRunWanted, gives=RunDetail, status=202)
def badges(wanted: dict[str, Any]) -> RunDetail:
    """Ask for badge sheets of many people. All of `numbers` that are not within your part are left out."""
    asked = badges_of(wanted)
    with here.reading() as connection:
        people_of(connection, asked, here.part(connection, Right.BADGES))
    return _begin(asked, asked.team or asked.region or " ".join(asked.numbers))


@calls.acts("/runs/report", needs=Right.REPORT, takes=ReportRunWanted, gives=RunDetail, status=202)
def report(wanted: dict[str, Any]) -> RunDetail:
    """Ask for a report as a file."""
    asked = report_of(wanted)
    here.require(rule_of(asked).right)
    span = Span(asked.first, asked.last)
    query = Query(By(asked.by), span, only=Only(**asked.only), purpose=asked.purpose)
    return _begin(asked, f"{query.by.value} {dates_of(span)}")


@calls.acts("/runs/<upload:run>/stop", needs=Right.SEE, takes=Nothing, gives=RunDetail)
def stop(_wanted: dict[str, Any], run: str) -> RunDetail:
    """Stop a run: what was issued stays issued. The same again changes nothing."""
    there = here.services()
    ask.stop(there.database, there.config.home, _me(), run, here.now_ms())
    return _detail_of(run)


@calls.reads("/runs/<upload:run>/file", needs=Right.SEE, asks=FileAsked, gives=(BYTES,))
def fetch(asked: dict[str, Any], run: str) -> Response:
    """The file of a run that is done."""
    with here.reading() as connection:
        found = read_run(connection, _me(), run)
        rule = rule_of(found.wants())
        here.require(rule.right)
        part_for(connection, _owner(), found)
    file = file_of(here.services().config.home, found)
    if file is None:
        raise Refused(Code.NOT_FOUND, "file")
    if rule.is_personal:
        if not asked["purpose"].strip():
            raise Refused(Code.BAD_FIELD, "purpose: what the names are needed for")
        here.note(f"run {found.kind}", found.about, found.people, asked["purpose"])
    return send_file(file, BYTES, as_attachment=True, download_name=found.file)


def _begin(asked: Asked, about: str) -> RunDetail:
    there = here.services()
    return _detail_of(ask.ask(there.database, _owner(), asked, about, here.now_ms()))


def _detail_of(run: str) -> RunDetail:
    with here.reading() as connection:
        found = read_run(connection, _me(), run)
        left = read_left(connection, found, RUN_LEFT_LISTED_MAX) if found.left else []
    return RunDetail(_told(found), left)


def _told(run: Run) -> RunTold:
    return RunTold(
        run.id, run.kind, run.about, run.state.value, run.doing, run.done, run.total, run.left,
        run.people, iso_time(run.at_ms), _time(run.begun_ms), _time(run.beat_ms),
        _time(run.ended_ms), run.code, run.message, run.file, run.size, run.result,
    )  # fmt: skip


def _time(at_ms: int) -> str | None:
    return iso_time(at_ms) if at_ms else None


def _me() -> str:
    return here.caller().account.username


def _owner() -> ask.Owner:
    return ask.Owner(_me(), here.caller().account.grants)
