"""Print badges: one picture a person in a folder. Rows are kept before pictures are drawn: a crash costs only pictures."""

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.badges.draw import draw_badge
from server.badges.issue import YEARS, Issued, issue_badges
from server.badges.wanted import Printed, PrintedBadge, Wanted, parts, sort_out
from server.database import Database

Progress = Callable[[str, int], None]


def print_badges(
    database: Database,
    key: Ed25519PrivateKey,
    wanted: Wanted,
    folder: Path,
    *,
    now_ms: int,
    progress: Progress,
    years: int = YEARS,
) -> Printed:
    """Print the badges of these people. Raise `Refused(not_found)` for a team that nobody imported."""
    folder.mkdir(parents=True, exist_ok=True)
    result = Printed()
    for part in parts(database, wanted):
        with database.write_facts() as connection:
            here, nobody = sort_out(connection, part)
            badges = issue_badges(connection, key, here, now_ms=now_ms, years=years)
        result.unknown.extend(nobody)
        for badge in badges:
            _print(badge, folder, result)
            progress("print", result.printed)
    return result


def _print(badge: Issued, folder: Path, result: Printed) -> None:
    file = folder / f"{badge.number}.png"
    new = folder / f".{badge.number}.new"
    new.write_bytes(draw_badge(badge.text, badge.number))
    new.replace(file)
    result.add(PrintedBadge(badge.number, badge.serial, badge.expires_s, str(file)))
