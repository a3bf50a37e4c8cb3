"""Imports: a file is handed over, looked at, and then imported; the work is a job's, and tells how far it is.

Rows outside one's part are refused, one by one; whoever has the whole tree sees everybody's imports, others their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import fields, validate

from schemas.vocabulary import END, Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import LocalDate, Nothing, Strict
from server.api.shapes import page_shape
from server.books.dates import iso_date, iso_time, local_day
from server.imports import uploads
from server.imports.cells import Cell
from server.imports.columns import Kind
from server.imports.kinds import KINDS
from server.imports.uploads import Upload
from server.imports.written import written
from server.limits import UPLOAD_BYTES_MAX
from sync.errors import Refused

calls = Calls("imports", __name__, "Files of reference data: handed over, looked at, imported.")
FILE_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class FaultTold:
    """A bad row."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportTold:
    """An import. state: `checking`, `checked` (look at it, then run it), `importing`, `done` or `refused` (see `refused`).

    since: from when its changes hold. doing, rows: how far the work is. faults: the first bad rows; `bad` counts all.
    """

    id: str
    kind: str
    name: str
    by: str
    since: str
    at: str
    state: str
    doing: str
    rows: int
    added: int
    changed: int
    unchanged: int
    bad: int
    faults: list[FaultTold]
    refused: str


@dataclass(frozen=True, slots=True)
class ImportChange:
    """A row that would change, by column. before: what stands now (null: it is new)."""

    before: dict[str, str] | None
    after: dict[str, str]


@dataclass(frozen=True, slots=True)
class ImportDropped:
    """An import that was dropped, with its file. One that is being worked on goes on, and is dropped by its age."""

    id: str


class FileAsked(Strict):
    """What the file is. name: of the file, as it is shown. since: from when its changes hold."""

    kind = fields.String(required=True, validate=validate.OneOf(sorted(KINDS)))
    name = fields.String(required=True, validate=validate.Regexp(rf"^[^\x00-\x1f]{{1,80}}{END}"))
    since = LocalDate(load_default=None)


@calls.reads("/imports", needs=Right.EDIT, gives=page_shape(ImportTold))
def browse(_asked: dict[str, Any]) -> Page[ImportTold]:
    """Files that wait or were imported, the newest first; there are few."""
    part, by = _part(), here.caller().account.username
    waiting = uploads.waiting(here.services().config.home)
    return Page([_told(one) for one in waiting if uploads.is_shown(one, by, part)], None)


@calls.reads("/imports/<upload:upload>", needs=Right.EDIT, gives=ImportTold)
def one(_asked: dict[str, Any], upload: str) -> ImportTold:
    """How an import stands."""
    return _told(_mine(upload))


@calls.puts(
    "/imports/<upload:upload>",
    needs=Right.EDIT,
    asks=FileAsked,
    gives=ImportTold,
    content=FILE_TYPE,
)
def hand_over(asked: dict[str, Any], upload: str) -> ImportTold:
    """Hand a file over under an id of your own choice. An id that is there is told as it stands, and the file is not read."""
    home, now = here.services().config.home, here.now_ms()
    if request.mimetype != FILE_TYPE:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{FILE_TYPE} expected")
    if any(there.id == upload for there in uploads.waiting(home)):
        return _told(_mine(upload))
    day = local_day(now) if asked["since"] is None else asked["since"]
    made = uploads.new(asked["kind"], asked["name"], here.caller().account.username, day, now)
    made.id = upload
    request.max_content_length = UPLOAD_BYTES_MAX + 1  # one more: a stream is cut there
    uploads.take(home, request.stream, made)
    return _told(made)


@calls.acts("/imports/<upload:upload>/run", needs=Right.EDIT, takes=Nothing, gives=ImportTold)
def run(_wanted: dict[str, Any], upload: str) -> ImportTold:
    """Have what was checked imported. The same again changes nothing."""
    uploads.ask(here.services().config.home, _mine(upload))
    return _told(_mine(upload))


@calls.reads("/imports/<upload:upload>/changes", needs=Right.EDIT, gives=page_shape(ImportChange))
def changes(_asked: dict[str, Any], upload: str) -> Page[ImportChange]:
    """The first of the changes that an import would make, as they were found when it was checked."""
    found = _mine(upload)
    if found.kind == "volunteers" and found.changes:
        here.note("import", upload, len(found.changes))
    kind = KINDS[found.kind]
    rows = [(c.before, c.after) for c in found.changes]
    told = [ImportChange(None if b is None else _cells(kind, b), _cells(kind, a)) for b, a in rows]
    return Page(told, None)


@calls.acts("/imports/<upload:upload>/drop", needs=Right.EDIT, takes=Nothing, gives=ImportDropped)
def drop(_wanted: dict[str, Any], upload: str) -> ImportDropped:
    """Drop an import that is not to be done."""
    uploads.drop(here.services().config.home, _mine(upload))
    return ImportDropped(upload)


def _part() -> Part:
    with here.reading() as connection:
        return here.part(connection, Right.EDIT)


def _mine(number: str) -> Upload:
    """Find an import that is for whoever asks. Raise `Refused(not_found)`, also for what a colleague handed over."""
    me, home = here.caller().account, here.services().config.home
    return uploads.show(home, number, me.username, me.grants, _part())


def _told(one: Upload) -> ImportTold:
    faults = [FaultTold(each.line, each.column, each.message) for each in one.faults]
    return ImportTold(
        one.id, one.kind, one.name, one.by, iso_date(one.day), iso_time(one.at_ms), one.state,
        one.doing, one.rows, one.added, one.changed, one.unchanged, one.bad, faults, one.refused,
    )  # fmt: skip


def _cells(kind: Kind, row: Sequence[Cell]) -> dict[str, str]:
    return {c.name: written(c, value) for c, value in zip(kind.columns, row, strict=True)}
