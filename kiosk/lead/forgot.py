"""Who forgot to sign out: their last scan here is an in that no scan can close any more, of the last days."""

from kiosk.clock import Reading
from kiosk.guess import STAY_MS_MAX, scans_of
from kiosk.limits import FORGOT_BACK_MS_MAX, FORGOT_SHOWN_MAX
from kiosk.store import Database
from schemas.vocabulary import Direction


def forgot(db: Database, now: Reading) -> list[tuple[str, int]]:
    """Give (number, since when), the last one first."""
    rows = db.execute(
        """SELECT who FROM (SELECT who, direction, wall_ms, max((log << 40) + seq) FROM scans GROUP BY who)
           WHERE direction = 'in' AND wall_ms BETWEEN ? AND ? ORDER BY wall_ms DESC LIMIT ?""",
        (now.wall_ms - FORGOT_BACK_MS_MAX, now.wall_ms - STAY_MS_MAX - 1, FORGOT_SHOWN_MAX),
    ).fetchall()
    last = [(who, scans_of(db, who)[-1]) for (who,) in rows]
    return [(who, seen.wall_ms) for who, seen in last if seen.direction == Direction.IN]
