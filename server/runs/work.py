"""Work on runs: a slice of each in turn, by one process altogether, however many servers there are.

A process that is killed leaves its run as it stood after the last slice; whoever comes next takes it over. One that fails at the
same slice too often is given up, so that it does not keep the others from their turns.
"""

from collections.abc import Callable
from secrets import token_bytes

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from schemas.vocabulary import Code
from server import logs
from server.database import Database
from server.limits import RUN_TRIES_MAX
from server.models.run import RunRow
from server.runs.folder import drop_folder, drop_parts, folder_of
from server.runs.keep import drop_old
from server.runs.kinds import step_of
from server.runs.owners import standing_of
from server.runs.run import LIVE, Run, State, next_run
from server.runs.workbench import Halted, Interrupted, Outcome, Workbench
from server.services import Services
from sync.errors import Refused

LOCK = "runs"
_HOLDER_BYTES = 8
_MESSAGE_CHARS = 400

_log = structlog.get_logger()


class WorkedElsewhere(Exception):
    """Another process works on runs."""


def work_off(services: Services, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Do all that runs wait for, drop what was kept long enough; give how many slices that took. goes_on: if not, the rest waits.

    Raise `WorkedElsewhere`; `OperationalError` where the database is busy, or away: all is due still.
    """
    holder, slices = token_bytes(_HOLDER_BYTES), 0
    with services.database.exclusive_if_free(LOCK) as is_ours:
        if not is_ours:
            raise WorkedElsewhere
        while goes_on():
            with services.database.read() as connection:
                run = next_run(connection)
            if run is None:
                break
            try:
                work_on(services, run, holder, goes_on)
            except Interrupted:
                break
            slices += 1
        drop_old(services.database, services.config.home, services.signer.clock.wall_ms())
    return slices


def work_on(services: Services, run: Run, holder: bytes, goes_on: Callable[[], bool]) -> None:
    """Do one slice of a run. Raise `Interrupted`, with the run as it stood."""
    now_ms = services.signer.clock.wall_ms()
    if not _take(services.database, run, holder, now_ms):
        return
    folder = folder_of(services.config.home, run.id)
    try:
        who = standing_of(services.database, run)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        bench = Workbench(services, run, folder, holder, who.account, who.part, goes_on)
        over = step_of(run)(bench)
    except Halted:
        _clear(services, run)
    except Refused as refused:
        if refused.code != Code.TRY_LATER:
            _end(
                services, run, holder, State.FAILED, code=str(refused.code), message=refused.detail
            )
    except Interrupted:
        _rest(services.database, run, holder)
        raise
    except OperationalError:  # busy, or away: the slice is due still
        raise
    except Exception as error:  # noqa: BLE001 # one run that fails must not stop the others; it is shown, and in the log
        if not _is_ours(services.database, run, holder):  # its folder went when it was stopped
            _clear(services, run)
            return
        _log.error("run_failed", kind=run.kind, error=type(error).__name__, at=logs.places(error))
        _end(services, run, holder, State.FAILED, code=str(Code.INTERNAL))
    else:
        if over is None:
            _rest(services.database, run, holder)
        else:
            _finish(services, run, holder, over)


def _take(database: Database, run: Run, holder: bytes, now_ms: int) -> bool:
    """Take a run for a slice, as it was read; tell whether it is still so. One that was begun too often is given up."""
    as_read = update(RunRow).where(RunRow.id == run.id, RunRow.state.in_(LIVE))
    as_read = as_read.where(RunRow.beat_ms == run.beat_ms, RunRow.done == run.done)
    values = {"state": State.WORKING.value, "holder": holder, "beat_ms": now_ms}
    values |= {"tries": run.tries + 1, "begun_ms": run.begun_ms or now_ms}
    if run.tries >= RUN_TRIES_MAX:
        words = "多次在同一处中断 / stopped at the same place too often"
        values |= {"state": State.FAILED.value, "code": str(Code.INTERNAL), "ended_ms": now_ms}
        values |= {"message": words, "holder": b""}
    with database.write_facts() as connection:
        taken = connection.execute(as_read.values(values)).rowcount == 1
    return taken and run.tries < RUN_TRIES_MAX


def _rest(database: Database, run: Run, holder: bytes) -> None:
    """Put a run down after a slice that ended well."""
    ours = update(RunRow).where(RunRow.id == run.id, RunRow.holder == holder)
    with database.write_facts() as connection:
        connection.execute(ours.values(tries=0))


def _is_ours(database: Database, run: Run, holder: bytes) -> bool:
    with database.read() as connection:
        held = connection.scalar(select(RunRow.holder).where(RunRow.id == run.id))
    return held is not None and bytes(held) == holder


def _clear(services: Services, run: Run) -> None:
    """Drop what was written of a run after it was stopped; nothing of one that another process has."""
    with services.database.read() as connection:
        state = connection.scalar(select(RunRow.state).where(RunRow.id == run.id))
    if state in (None, State.STOPPED):
        drop_folder(services.config.home, run.id)


def _finish(services: Services, run: Run, holder: bytes, over: Outcome) -> None:
    file = folder_of(services.config.home, run.id) / over.file
    size = file.stat().st_size if over.file else 0
    told = {"result": over.result, "file": over.file}
    _end(services, run, holder, State.DONE, size=size, people=over.people, **told)


def _end(services: Services, run: Run, holder: bytes, state: State, **values: str | int) -> None:
    """Write down how a run ended, unless it was stopped meanwhile; then drop what it was put together of."""
    if "message" in values:
        values["message"] = str(values["message"])[:_MESSAGE_CHARS]
    ours = update(RunRow).where(RunRow.id == run.id, RunRow.holder == holder)
    ours = ours.where(RunRow.state == State.WORKING)
    ended = services.signer.clock.wall_ms()
    with services.database.write_facts() as connection:
        connection.execute(
            ours.values(state=state.value, holder=b"", ended_ms=ended, tries=0, **values)
        )
    drop_parts(folder_of(services.config.home, run.id))
