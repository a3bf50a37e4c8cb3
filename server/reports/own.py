"""Saved reports of one owner: others' are not there. What was made of them, and the files."""

from pathlib import Path

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.reports.run_saved import DONE
from server.reports.saved import Run, Saved, read_runs, read_saved
from sync.errors import Refused

Own = tuple[Saved, list[Run]]
"""A saved report, and the stretches that were made of it, the newest first."""


def read_own(connection: Connection, owner: str) -> list[Own]:
    """Give the saved reports of an owner, by name."""
    own = [one for one in read_saved(connection) if one.owner == owner]
    runs = read_runs(connection, [one.name for one in own]) if own else []
    return [(one, [run for run in runs if run.name == one.name]) for one in own]


def find_own(connection: Connection, owner: str, name: str) -> Own:
    """Give the owner's saved report of this name. Raise `Refused(not_found)`, also for somebody else's."""
    found = [one for one in read_own(connection, owner) if one[0].name == name]
    if not found:
        raise Refused(Code.NOT_FOUND, "没有这个报表 / no such report")
    return found[0]


def find_made(
    connection: Connection, folder: Path, owner: str, name: str, first: int
) -> tuple[Path, Run]:
    """Give the file that was made of the stretch that begins on this date. Raise `Refused(not_found)`."""
    _, runs = find_own(connection, owner, name)
    for run in runs:
        file = folder / name / run.file
        if run.span.first == first and run.state == DONE and file.is_file():
            return file, run
    raise Refused(Code.NOT_FOUND, "没有这个文件 / no such file")
