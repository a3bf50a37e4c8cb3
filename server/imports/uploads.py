"""Files to import that came by a page: kept in the home, first checked, then, once somebody has seen the preview, imported.

The work is a job's (`server/jobs/uploads.py`), so that no page waits for it; what is broken off is begun again, which is safe
because an import happens wholly or not at all, and twice the same changes nothing. The file goes as soon as it is imported.
"""

import re
import shutil
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import IO

import msgspec

from schemas.vocabulary import Code
from server.access.grant import Grant
from server.access.part import Part
from server.imports.cells import Cell
from server.limits import UPLOAD_BYTES_MAX, UPLOAD_KEPT_MS, UPLOADS_MAX, UPLOADS_OWN_MAX
from sync.errors import Refused

_NAME_CHARS = 80
_PIECE = 1_048_576
_is_id = re.compile(r"[0-9a-f]{16}").fullmatch


class State(StrEnum):
    """What an upload waits for, or has become."""

    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"


WORKED_ON = (State.CHECKING, State.IMPORTING)
"""States in which the job has something to do."""


class Fault(msgspec.Struct, frozen=True):
    """A bad row, as the report names it."""

    line: int
    column: str
    message: str


class Change(msgspec.Struct, frozen=True):
    """A row that would change: what stood (None: it is new) and what would stand, in the order of the kind's columns."""

    before: list[Cell] | None
    after: list[Cell]


class Upload(msgspec.Struct):
    """A file that came by a page. day: from when its changes hold. doing, rows: how far the work is. refused: why the file
    cannot be read at all. tries: how often work on it was begun and not ended. granted: what its
    author was granted when its rows were looked at.
    """

    id: str
    kind: str
    name: str
    by: str
    day: int
    at_ms: int
    state: State = State.CHECKING
    doing: str = ""
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    warned: int = 0
    faults: list[Fault] = []
    changes: list[Change] = []
    refused: str = ""
    tries: int = 0
    granted: list[str] = []


def take(home: Path, source: IO[bytes], upload: Upload) -> None:
    """Keep a file. Raise `Refused`: `too_large`, or `quota` where too many wait."""
    others = waiting(home)
    own = sum(one.by == upload.by for one in others)
    if len(others) >= UPLOADS_MAX or own >= UPLOADS_OWN_MAX:
        raise Refused(Code.QUOTA, "待导入的文件太多，请先处理 / too many files wait already")
    folder = _folder(home, upload.id)
    folder.mkdir(parents=True, mode=0o700)
    try:
        with (folder / "file").open("xb") as kept:
            left = UPLOAD_BYTES_MAX
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused(Code.TOO_LARGE, "file")
                kept.write(piece)
        keep(home, upload)
    except BaseException:
        shutil.rmtree(folder)
        raise


def new(kind: str, name: str, by: str, day: int, now_ms: int) -> Upload:
    """Begin an upload; of its name only what can be shown is kept."""
    shown = "".join(char for char in name if char.isprintable())[-_NAME_CHARS:]
    return Upload(token_hex(8), kind, shown or "—", by, day, now_ms)


def keep(home: Path, upload: Upload) -> None:
    """Write down how an upload stands, whole or not at all."""
    file = _folder(home, upload.id) / "upload.json"
    new_file = file.with_suffix(".new")
    new_file.write_bytes(msgspec.json.encode(upload))
    new_file.chmod(0o600)
    new_file.replace(file)


def read(home: Path, id_: str) -> Upload:
    """Read how an upload stands. Raise `Refused(not_found)`."""
    if not _is_id(id_):
        raise Refused(Code.NOT_FOUND, "upload")
    try:
        raw = (_folder(home, id_) / "upload.json").read_bytes()
        return msgspec.json.decode(raw, type=Upload)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise Refused(Code.NOT_FOUND, "upload") from error


def file_of(home: Path, upload: Upload) -> Path:
    """Give where the file is."""
    return _folder(home, upload.id) / "file"


def waiting(home: Path) -> list[Upload]:
    """Give all uploads, the newest first."""
    found = []
    for folder in (home / "uploads").glob("*"):
        try:
            found.append(read(home, folder.name))
        except Refused:  # just begun, or just dropped
            continue
    return sorted(found, key=lambda upload: (-upload.at_ms, upload.id))


def is_shown(upload: Upload, by: str, part: Part) -> bool:
    """Tell whether an upload is for this account, which may edit within this part: one's own, and all for the whole tree."""
    return part.is_all or upload.by == by


def show(home: Path, id_: str, by: str, grants: Iterable[Grant], part: Part) -> Upload:
    """Read an upload for an account with these grants, which may edit within this part.

    Rows that were looked at while the author was granted something else are forgotten (I9): a file that waits is looked at
    again. Raise `Refused(not_found)` for none, and for what a colleague handed over.
    """
    found, granted = read(home, id_), named(grants)
    if not is_shown(found, by, part):
        raise Refused(Code.NOT_FOUND, "upload")
    if found.by == by and found.state not in WORKED_ON and found.granted != granted:
        found.changes, found.faults, found.granted = [], [], granted
        if found.state is State.CHECKED:
            found.state, found.doing, found.rows = State.CHECKING, "", 0
        keep(home, found)
    return found


def ask(home: Path, upload: Upload) -> None:
    """Have what was checked imported. Doing it again changes nothing."""
    if upload.state is State.CHECKED:
        upload.state, upload.doing, upload.rows = State.IMPORTING, "", 0
        keep(home, upload)


def drop(home: Path, upload: Upload) -> None:
    """Drop an upload. One that is being imported goes on, and is dropped by its age."""
    if upload.state not in WORKED_ON:
        shutil.rmtree(_folder(home, upload.id), ignore_errors=True)


def drop_old(home: Path, now_ms: int) -> int:
    """Drop what was kept long enough; tell how many."""
    old = [one for one in waiting(home) if one.at_ms < now_ms - UPLOAD_KEPT_MS]
    for one in old:
        shutil.rmtree(_folder(home, one.id), ignore_errors=True)
    return len(old)


def named(grants: Iterable[Grant]) -> list[str]:
    """Name what an account is granted, as it is kept."""
    return sorted(f"{grant.role} {grant.over} {grant.code}" for grant in grants)


def _folder(home: Path, id_: str) -> Path:
    return home / "uploads" / id_
