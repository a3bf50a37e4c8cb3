"""What a lead should know when somebody signs in: too long on duty today, too little rest. From this kiosk's own scans. Pure.

Never a locked door: the scan is recorded, whatever is found here; the lead sends the person to rest, or goes on with a reason.
The centre judges again from all logs (RULES, B7 and B15); these are its usual figures.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kiosk.guess import STAY_MS_MAX, Seen
from schemas.vocabulary import Direction

HOUR_MS = 3_600_000
LONG_DAY_MS, REST_MS = 8 * HOUR_MS, 8 * HOUR_MS
NIGHT_MS, NIGHTS = 3 * HOUR_MS, 3
_ZONE_MS, _DAY_MS = 8 * HOUR_MS, 24 * HOUR_MS
_NIGHT_FROM_MS, _NIGHT_LONG_MS = 22 * HOUR_MS, 8 * HOUR_MS

Stay = tuple[int, int]
"""From and to, Unix milliseconds."""


class Caution(NamedTuple):
    """Something to know before this person goes on duty.

    code: `long_day`, `short_rest` or `nights` with a figure (hours or nights), or one of `kiosk/lead/fitness.py`; what: which
    training.
    """

    code: str
    figure: int = 0
    what: str = ""


def cautions(seen: Sequence[Seen], now_ms: int) -> list[Caution]:
    """Look at a person's earlier scans, in log order, as they sign in now."""
    stays = _stays(seen)
    today = _day_of(now_ms)
    worked_ms = sum(_overlap(stay, (today, today + _DAY_MS)) for stay in stays)
    found = []
    if worked_ms >= LONG_DAY_MS:
        found.append(Caution("long_day", worked_ms // HOUR_MS))
    rest_ms = _rest_ms(stays, now_ms)
    if rest_ms is not None:
        found.append(Caution("short_rest", rest_ms // HOUR_MS))
    nights = _nights(stays, now_ms)
    if nights >= NIGHTS:
        found.append(Caution("nights", nights))
    return found


def _stays(seen: Iterable[Seen]) -> list[Stay]:
    """Pair each in with the next out that can close it."""
    stays: list[Stay] = []
    opened: int | None = None
    for scan in seen:
        if scan.direction == Direction.IN:
            opened = scan.wall_ms if opened is None else opened
        elif opened is not None:
            if 0 < scan.wall_ms - opened <= STAY_MS_MAX:
                stays.append((opened, scan.wall_ms))
            opened = None
    return stays


def _rest_ms(stays: Sequence[Stay], now_ms: int) -> int | None:
    """Give the rest since eight hours or more of duty without a rest between; None if it was long enough, or not needed."""
    if not stays or not 0 <= now_ms - stays[-1][1] < REST_MS:
        return None
    duty_ms, begins = 0, stays[-1][1]
    for since, until in reversed(stays):
        if begins - until >= REST_MS:
            break
        duty_ms += until - since
        begins = since
    return now_ms - stays[-1][1] if duty_ms >= LONG_DAY_MS else None


def _nights(stays: Sequence[Stay], now_ms: int) -> int:
    """Count the nights on duty running up to the last one that is over (a night: three hours between 22:00 and 06:00)."""
    begins = _day_of(now_ms - _NIGHT_FROM_MS - _NIGHT_LONG_MS) + _NIGHT_FROM_MS
    count = 0
    while sum(_overlap(stay, (begins, begins + _NIGHT_LONG_MS)) for stay in stays) >= NIGHT_MS:
        count += 1
        begins -= _DAY_MS
    return count


def _overlap(one: Stay, other: Stay) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _day_of(wall_ms: int) -> int:
    """Give when the local day began."""
    return (wall_ms + _ZONE_MS) // _DAY_MS * _DAY_MS - _ZONE_MS
