"""Waiting at a terminal for a run: working on it, or watching whoever does; and a run as commands tell of it."""

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from schemas.vocabulary import Code
from server.books.dates import iso_time
from server.cli.output import Answer, Exit, say
from server.runs.ask import OPERATOR
from server.runs.folder import copy_out, file_of
from server.runs.run import Run, State, read_run
from server.runs.work import WorkedElsewhere, work_off
from server.services import Services
from sync.errors import Refused

_LOOK_S = 0.5


def wait_for(opened: Services, run_id: str, out: Path | None = None) -> Answer:
    """Work on a run of the operator's, or watch whoever does, until it is over; then write its file."""
    watch = _watching(opened, run_id)
    while watch():
        try:
            work_off(opened, watch)
        except WorkedElsewhere:
            time.sleep(_LOOK_S)
    if out is not None:
        with opened.database.read() as connection:
            run = read_run(connection, OPERATOR, run_id)
        file = file_of(opened.config.home, run)
        if file is None:
            raise Refused(Code.NOT_FOUND, "没有文件 / it has no file")
        copy_out(file, out)
    return as_it_stands(opened, run_id)


def _watching(opened: Services, run_id: str) -> Callable[[], bool]:
    said = (-1, "")

    def is_live() -> bool:
        nonlocal said
        with opened.database.read() as connection:
            run = read_run(connection, OPERATOR, run_id)
        if said != (run.done, run.doing):
            say(line(run))
        said = run.done, run.doing
        return run.is_live

    return is_live


def as_it_stands(opened: Services, run_id: str) -> Answer:
    """Give how a run of the operator's stands, as the answer of a command."""
    with opened.database.read() as connection:
        run = read_run(connection, OPERATOR, run_id)
    status = Exit.DONE
    if run.state is State.FAILED:
        status = Exit.FAILED
    elif run.left:
        status = Exit.PARTLY if run.done > run.left else Exit.FAILED
    return Answer(told(run), line(run), status)


def told(run: Run) -> dict[str, object]:
    """Give a run as programs read it."""
    hidden = ("asked", "grants", "owner", "tries")
    return {name: value for name, value in asdict(run).items() if name not in hidden}


def line(run: Run) -> str:
    """Give a run as a line."""
    of = f"/{run.total}" if run.total else ""
    parts = (run.id, run.kind, run.about, run.state.value, f"{run.done}{of}", run.doing)
    ended = iso_time(run.ended_ms) if run.ended_ms else ""
    return "  ".join(part for part in (*parts, run.code, run.message, run.file, ended) if part)
