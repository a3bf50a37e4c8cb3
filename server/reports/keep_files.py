"""How long the files of saved reports are kept: so many of each, so many bytes of all; the oldest go first."""

from itertools import groupby
from operator import attrgetter
from pathlib import Path

from sqlalchemy import delete

from server.database import Database
from server.limits import REPORT_FILES_BYTES_MAX, REPORT_FILES_KEPT
from server.models.report import ReportRun
from server.reports.saved import Run, read_runs


def drop_old(database: Database, folder: Path) -> int:
    """Delete files beyond the bounds, and what is known of them; the newest of each report stays. Give how many went."""
    with database.read() as connection:
        runs = read_runs(connection)
    old = too_many(runs)
    for run in old:  # the file first: what is known of it finds it again if this stops in between
        (folder / run.name / run.file).unlink(missing_ok=True)
        with database.write_facts() as connection:
            here = (ReportRun.name == run.name, ReportRun.first == run.span.first)
            connection.execute(delete(ReportRun).where(*here))
    return len(old)


def too_many(runs: list[Run]) -> list[Run]:
    """Give those that are beyond the bounds. runs: by name, the newest first."""
    same_name = groupby(runs, key=attrgetter("name"))
    place = {run: at for _, same in same_name for at, run in enumerate(same)}
    out = [run for run, at in place.items() if at >= REPORT_FILES_KEPT]
    total = sum(run.size for run in runs) - sum(run.size for run in out)
    older = (run for run, at in place.items() if 0 < at < REPORT_FILES_KEPT)
    for run in sorted(older, key=lambda run: run.span.first):
        if total <= REPORT_FILES_BYTES_MAX:
            break
        out.append(run)
        total -= run.size
    return out
