"""The scheduler process: keeps derived tables current, runs jobs when due, has runs worked on, ends with the server beside it."""

import os
import signal
import threading
import time
from typing import Protocol

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from server import logs
from server.books.derive.drain import drain
from server.jobs.once import run_due
from server.jobs.runs_worker import RunsWorker
from server.jobs.spare import Spare
from server.jobs.standby import Standby
from server.jobs.table import JOBS, Job
from server.services import Services

PAUSE_S = 0.3
"""How long it rests at most when nothing is to be done."""

BUSY_PAUSE_S, BUSY_TURNS = 0.03, 100
"""How long, and how often, just after there was something: the rest of it is on its way.

So often it also glances while it rests at whether anything was written, which costs less than to ask what.
"""

LOOK_EVERY_S = 20
"""How often each job is asked whether it is due; whether it is, the database says (`server.jobs.once`)."""

_log = structlog.get_logger()


def keep_current(services: Services, parent: int, spare: Spare | None) -> None:
    """Derive what changed, again and again, until SIGTERM, SIGINT or the end of this parent process. spare: who may help."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    jobs = schedule_jobs(services)
    runs, standby = RunsWorker(services.database), Standby(services.database, spare)
    turns = 0
    try:
        while not stop.is_set() and os.getppid() == parent:
            turns = BUSY_TURNS if derive_once(services, standby) else max(turns - 1, 0)
            _look_after(runs)
            if not turns:
                standby.end()
            if turns < BUSY_TURNS:
                rest(stop, services.database, BUSY_PAUSE_S if turns else PAUSE_S)
    finally:
        jobs.shutdown(wait=False)
        runs.end()
        standby.end()


class Traced(Protocol):
    """Where writing leaves a trace (`server.database.Database`)."""

    def trace(self) -> tuple[int, int]:
        """Give what is another after something was written."""
        ...


def rest(stop: threading.Event, database: Traced, seconds: float) -> None:
    """Rest so long, or until facts are written or it has to stop."""
    before, until = database.trace(), time.monotonic() + seconds
    while not stop.wait(BUSY_PAUSE_S) and time.monotonic() < until and database.trace() == before:
        pass


def schedule_jobs(services: Services, *, every_s: float = LOOK_EVERY_S) -> BackgroundScheduler:
    """Ask every job from now on whether it is due. What was missed is made up for once; no job runs twice at a time."""
    jobs = BackgroundScheduler(timezone="UTC", daemon=True)
    for job in JOBS.values():
        jobs.add_job(
            _look,
            "interval",
            (services, job),
            seconds=every_s,
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    jobs.start()
    return jobs


def _look_after(runs: RunsWorker) -> None:
    try:
        runs.look()
    except OperationalError as error:  # busy, or away: it is due still
        _log.warning("runs_later", error=type(error).__name__)
    except OSError as error:
        _log.error("runs_failed", error=type(error).__name__)


def _look(services: Services, job: Job) -> None:
    try:
        run_due(services, job)
    except OperationalError as error:  # busy, or away: it is due still
        _log.warning("job_later", job=job.name, error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 # as above
        _log.error("job_failed", job=job.name, error=type(error).__name__, at=logs.places(error))


def derive_once(services: Services, standby: Standby) -> bool:
    """Derive once; tell whether there was anything to do. Whatever goes wrong is said, and tried again, alone."""
    try:
        done = drain(
            services.database,
            services.signer.keys.identity_public,
            settled_at=services.signer.clock.wall_ms(),
            hands=standby,
        )
    except OperationalError as error:  # busy, or away
        _log.warning("derive_later", error=type(error).__name__)
    except Exception as error:  # noqa: BLE001 # it must not end: nobody would see that hours stand still
        _log.error("derive_failed", error=type(error).__name__, exc_info=error)
    else:
        return bool(done.logs or done.people)
    standby.give_up()
    return False
