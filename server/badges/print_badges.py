"""Print badges: one picture a person in a folder. Rows are kept before pictures are drawn: a crash costs only pictures."""

from pathlib import Path

from server.badges.draw import draw_badge
from server.badges.issue import Issued
from server.badges.job import Job
from server.badges.wanted import Printed, PrintedBadge, parts


def print_badges(job: Job, folder: Path) -> Printed:
    """Print badges into a folder. Raise `Refused(not_found)` for a team that nobody imported."""
    folder.mkdir(parents=True, exist_ok=True)
    result = Printed()
    for part in parts(job.database, job.wanted):
        with job.database.write_facts() as connection:
            badges = job.issue(connection, part, result)
        for badge in badges:
            _print(badge, folder, result, is_demo=job.is_demo)
            job.progress("print", result.printed)
    return result


def _print(badge: Issued, folder: Path, result: Printed, *, is_demo: bool) -> None:
    file = folder / f"{badge.number}.png"
    new = folder / f".{badge.number}.new"
    new.write_bytes(draw_badge(badge.text, badge.number, is_demo=is_demo))
    new.replace(file)
    result.add(PrintedBadge(badge.number, badge.serial, badge.expires_s, str(file)))
