"""Who comes where and when, and which scenes there are. Everybody is invented; the files are in `demo/county/`."""

from dataclasses import dataclass
from enum import Enum

from demo.forked import ROOT

COUNTY = ROOT / "demo" / "county"
DUTIES = (("kiosk-1", "S01", "P01"), ("kiosk-2", "S02", "P02"), ("kiosk-3", "S03", "P03"))
"""Each kiosk's folder, site and post."""
DAY_SHIFT = ("2026-08-15T08:00", "2026-08-15T16:00")
NIGHT_SHIFT = ("2026-08-15T22:00", "2026-08-16T06:00")
DAY_EACH, NIGHT_EACH = 6, 3
DAY_EACH_QUICK, NIGHT_EACH_QUICK = 2, 1


class Scene(Enum):
    """What happens besides people coming and going. Each can be left out, and each changes what is told at the end."""

    CUT = "断网 network cut"
    KILLED = "断电 killed in mid-scan"
    WRONG_CLOCK = "时钟错 wrong clock"
    COPIED = "被复制 copied"
    REVOKED = "证件已挂失 revoked badge"
    FORGETS = "忘签退 forgets to sign out"
    NIGHT = "夜班 night"
    STICK = "U 盘 by stick"
    TWICE = "重复、乱序 twice, out of order"


@dataclass(frozen=True, slots=True)
class Desk:
    """A kiosk, and the numbers of those who come to it by day and by night."""

    kiosk: str
    site: str
    post: str
    day: tuple[str, ...]
    night: tuple[str, ...]


FIRST, SECOND, THIRD = (duty[0] for duty in DUTIES)
COPY = f"{THIRD}-copy"
AT_THE_COPY = "V0040"
"""Who signs in at the copy alone."""
LOST_BADGE = "V0039"
"""Whose badge was reported lost before the day began, and is held up all the same."""


def cast(*, quick: bool) -> tuple[Desk, ...]:
    """Send people to the kiosks in turn: first for the day, then others for the night."""
    day, night = (DAY_EACH_QUICK, NIGHT_EACH_QUICK) if quick else (DAY_EACH, NIGHT_EACH)
    count = len(DUTIES)
    return tuple(
        Desk(
            *duty,
            tuple(f"V{1 + place + count * n:04d}" for n in range(day)),
            tuple(f"V{1 + place + count * (DAY_EACH + n):04d}" for n in range(night)),
        )
        for place, duty in enumerate(DUTIES)
    )


def forgetful(desks: tuple[Desk, ...]) -> str:
    """Say who forgets to sign out: the last of the day at the second kiosk."""
    return desks[1].day[-1]
