"""Run a job once in its stretch of time, however many servers there are: a lock while it runs, and a row of what was run.

The lock ends with the process that holds it, so a job that is killed runs again. Stretches that passed while nobody ran are
made up for by one run.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Row, select

from server import bulk, logs
from server.jobs.table import JOBS, Job
from server.models.job import JobRun
from server.services import Services

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ran:
    """How a job went last. Times are server time in ms, 0: never. problem: "" if it did not fail."""

    name: str
    started_ms: int
    ended_ms: int
    done_ms: int
    problem: str
    said: str


def run_due(services: Services, job: Job) -> Ran | None:
    """Run a job if nobody has in this stretch; None if somebody has, or does at this moment."""
    return _run(services, job, always=False)


def run_now(services: Services, job: Job) -> Ran | None:
    """Run a job whether it is due or not; None if somebody runs it at this moment."""
    return _run(services, job, always=True)


def last_runs(connection: Connection) -> list[Ran]:
    """Give how each job went last, in the order of the table; one that never ran is there, too."""
    rows = {row.name: row for row in connection.execute(select(JobRun))}
    return [_ran(rows[name]) if name in rows else Ran(name, 0, 0, 0, "", "") for name in JOBS]


def _run(services: Services, job: Job, *, always: bool) -> Ran | None:
    slot = job.slot(services.signer.clock.wall_ms())
    if not always and _is_done(services, job, slot):  # the usual answer, without a lock
        return None
    with services.database.exclusive_if_free(f"job-{job.name}") as is_ours:
        if not is_ours or (not always and _is_done(services, job, slot)):
            return None
        return _run_alone(services, job, slot)


def _is_done(services: Services, job: Job, slot: int) -> bool:
    with services.database.read() as connection:
        done = connection.scalar(select(JobRun.slot).where(JobRun.name == job.name))
    return done is not None and done >= slot


def _run_alone(services: Services, job: Job, slot: int) -> Ran:
    clock = services.signer.clock
    started, problem, said = clock.wall_ms(), "", ""
    try:
        said = job.run(services)
    except Exception as error:  # noqa: BLE001 # a job that fails must not stop the others; it is shown, and tried again
        problem = type(error).__name__
        _log.error("job_failed", job=job.name, error=problem, at=logs.places(error))
    ended = clock.wall_ms()
    with services.database.write_facts() as connection:
        before = connection.scalar(select(JobRun.done_ms).where(JobRun.name == job.name)) or 0
        done = before if problem else ended
        row = (job.name, slot, started, ended, done, problem[:100], said[:400])
        bulk.upsert(connection, JobRun, [row])
    return Ran(job.name, started, ended, done, problem, said)


def _ran(row: Row[JobRun]) -> Ran:
    return Ran(row.name, row.started_ms, row.ended_ms, row.done_ms, row.problem, row.said)
