"""Which way a scan goes when nobody chose, and whether it repeats an earlier one: from this kiosk's own logs (RULES, 4 and B1).

For the screen only: the centre derives both again from all logs. Pure, but for one query.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kiosk.clock import Reading
from kiosk.store import Database
from schemas.vocabulary import Direction

REPEAT_MS = 120_000
OPEN_MS_MAX = 14 * 3_600_000
STAY_MS_MAX = 24 * 3_600_000
"""A record open longer has no out (RULES, 5), so there is no stay to show."""
SCANS_MAX = 256
"""How many of a person's last scans are looked at."""


class Seen(NamedTuple):
    """An earlier scan of the same person, or an end that a lead stated: then boot is empty, and wall_ms the time stated."""

    direction: str
    boot: bytes
    mono_ms: int
    wall_ms: int


@dataclass(frozen=True, slots=True)
class Course:
    """Where a scan goes. repeats: the counted scan that it repeats, if it does. stay_ms: of an out, since its in, if known."""

    direction: Direction
    repeats: Seen | None = None
    stay_ms: int | None = None


def choose(seen: Iterable[Seen], now: Reading, wanted: Direction | None) -> Course:
    """Decide the direction of a scan now, after these earlier ones in log order."""
    counted, opened = _fold(seen)
    if counted is not None and counted.boot and 0 <= _since(counted, now) <= REPEAT_MS:
        before = Direction(counted.direction)
        if wanted is None or wanted == before:
            return Course(before, counted)
    open_ms = None if opened is None else _since(opened, now)
    if wanted == Direction.IN or (wanted is None and (open_ms is None or open_ms > OPEN_MS_MAX)):
        return Course(Direction.IN)
    is_known = open_ms is not None and 0 <= open_ms <= STAY_MS_MAX
    return Course(Direction.OUT, stay_ms=open_ms if is_known else None)


def scans_of(db: Database, who: str) -> list[Seen]:
    """Read a person's last scans on this kiosk, in log order, and between them, by its time, what a lead stated."""
    rows = db.execute(
        "SELECT direction, boot, mono_ms, wall_ms FROM scans WHERE who = ? ORDER BY log DESC, seq DESC LIMIT ?",
        (who, SCANS_MAX),
    ).fetchall()
    seen = [Seen(*row) for row in reversed(rows)]
    stated = db.execute(
        "SELECT direction, x'', 0, at_ms FROM stated WHERE who = ? ORDER BY at_ms DESC LIMIT ?",
        (who, SCANS_MAX),
    ).fetchall()
    return _placed(seen, [Seen(*row) for row in reversed(stated)]) if stated else seen


def _placed(scans: list[Seen], stated: list[Seen]) -> list[Seen]:
    """Put each stated end before the first scan that is later; scans stay in log order, whatever their clock said."""
    left, found = list(stated), []
    for scan in scans:
        while left and left[0].wall_ms < scan.wall_ms:
            found.append(left.pop(0))
        found.append(scan)
    return found + left


def _fold(seen: Iterable[Seen]) -> tuple[Seen | None, Seen | None]:
    """Give the last scan that counts, and the one that opened the record that is still open."""
    counted: Seen | None = None
    opened: Seen | None = None
    for scan in seen:
        if counted and counted.boot and scan.boot and counted.direction == scan.direction:
            at = Reading(scan.boot, scan.mono_ms, scan.wall_ms)
            if 0 <= _since(counted, at) <= REPEAT_MS:
                continue
        counted = scan
        opened = scan if scan.direction == Direction.IN else None
    return counted, opened


def _since(earlier: Seen, now: Reading) -> int:
    """Milliseconds from a scan until now: by the monotonic clock within a boot, else by the wall clock."""
    if earlier.boot == now.boot:
        return now.mono_ms - earlier.mono_ms
    return now.wall_ms - earlier.wall_ms
