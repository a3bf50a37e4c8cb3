"""What on this device needs somebody's eye: disk, battery, clock, keys, what waits too long. Numbers and stable words only.

Beside `status.py`, which knows of delivery; the screen shows both. Must never leave out what would stop a scan.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from kiosk import device, reserve, view
from kiosk.app import Kiosk
from kiosk.clock import Reading
from kiosk.lead.told import messages
from kiosk.log import entry_at, read_head
from kiosk.status import CLOCK_DOUBT_MS, Status, skew_ms, status
from kiosk.store import Database
from schemas.vocabulary import Health

SANE_FROM_MS, SANE_TO_MS = 1_704_067_200_000, 4_070_908_800_000
"""2024-01-01 and 2099-01-01: a clock beyond them has lost its battery, or was set by a child."""
FREE_BYTES_LOW, FREE_BYTES_OUT = 500_000_000, 50_000_000
BATTERY_LOW, BATTERY_OUT = 20, 8
WAITED_MS_LONG, WAITED_MS_OUT = 4 * 3_600_000, 24 * 3_600_000
VIEW_MS_OLD = 7 * 24 * 3_600_000
_HOUR_MS = 3_600_000
POWER = Path("/sys/class/power_supply")
PASSED_ON = ("revoked", "diverged", "set_aside", "sync_failing", "never_synced")
"""Alarms of `status.py` that are shown as they are; the others are said here with a figure."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs an eye. level: `amber` or `red`; figure: megabytes, percent, hours or days, as the word says."""

    code: str
    level: str
    figure: int = 0


def concerns(kiosk: Kiosk, found: Status) -> list[Concern]:
    """Look at the device; red comes first."""
    db, now = kiosk.store.db, kiosk.clock.read()
    all_found = [
        *(Concern(code, "red") for code in clock_doubts(db, now)),
        *(Concern(code, "red") for code in found.alarms if code in PASSED_ON),
        *_disk(kiosk.home),
        *_battery(),
        *_waiting(found, now),
        *_keys(db, found, now),
        *_messages(db, now),
    ]
    return sorted(all_found, key=lambda concern: concern.level != "red")


def told(kiosk: Kiosk) -> dict[str, int]:
    """Say in figures how the device stands, for whoever looks after it at the centre. Nothing of any person."""
    found = status(kiosk, opened=[])
    said: dict[str, int | None] = {
        Health.PENDING: found.pending,
        Health.OLDEST_MS: found.oldest_pending_ms,
        Health.FREE_MB: shutil.disk_usage(kiosk.home).free // 1_000_000,
        Health.BATTERY: battery_percent(POWER),
        Health.SKEW_MS: found.skew_ms,
        Health.CARRIED: found.carried,
    }
    return {str(word): figure for word, figure in said.items() if figure is not None}


def clock_doubts(db: Database, now: Reading) -> list[str]:
    """Say why this clock cannot be right: by the server's where it was met in this boot, else by what nobody can doubt.

    It is never earlier than the server's time at the last contact, nor than the last entry.
    """
    anchor = device.read_anchor(db)
    skew = skew_ms(anchor, now)
    if skew is not None:
        return ["clock_skew"] if abs(skew) > CLOCK_DOUBT_MS else []
    if not SANE_FROM_MS <= now.wall_ms <= SANE_TO_MS:
        return ["clock_year"]
    earliest_ms = max(_last_ms(db), anchor.server_ms if anchor else 0)
    return ["clock_back"] if now.wall_ms < earliest_ms - CLOCK_DOUBT_MS else []


def _last_ms(db: Database) -> int:
    """Give the wall clock of the last entry; 0 if there is none."""
    identity = device.read_identity(db)
    if identity is None:
        return 0
    entry = entry_at(db, identity, read_head(db, identity).seq)
    return 0 if entry is None else entry.wall_ms


def _disk(home: Path) -> list[Concern]:
    if reserve.is_given_up(home):
        return [Concern("disk_full", "red")]
    free = shutil.disk_usage(home).free
    if free >= FREE_BYTES_LOW:
        return []
    return [Concern("disk_low", "red" if free < FREE_BYTES_OUT else "amber", free // 1_000_000)]


def _battery() -> list[Concern]:
    percent = battery_percent(POWER)
    if percent is None or percent >= BATTERY_LOW:
        return []
    return [Concern("battery_low", "red" if percent < BATTERY_OUT else "amber", percent)]


def battery_percent(folder: Path) -> int | None:
    """Give the charge of a battery that is running down, in percent; None if there is none or it is being charged."""
    for battery in sorted(folder.glob("*/capacity")):
        try:
            status = battery.with_name("status").read_text().strip()
            percent = int(battery.read_text())
        except (OSError, ValueError):
            continue
        if status == "Discharging":
            return percent
    return None


def _waiting(found: Status, now: Reading) -> list[Concern]:
    waited_ms = now.wall_ms - found.oldest_pending_ms if found.oldest_pending_ms else 0
    if waited_ms <= WAITED_MS_LONG:
        return []
    level = "red" if waited_ms > WAITED_MS_OUT else "amber"
    return [Concern("pending_old", level, waited_ms // _HOUR_MS)]


def _messages(db: Database, now: Reading) -> list[Concern]:
    held = len(messages(db, now.wall_ms))
    return [Concern("message", "amber", held)] if held else []


def _keys(db: Database, found: Status, now: Reading) -> list[Concern]:
    if not found.enrolled:
        return []
    if not view.badge_keys(db):
        return [Concern("no_keys", "red")]
    age_ms = now.wall_ms - found.last_sync_ms
    if found.last_sync_ms and age_ms > VIEW_MS_OLD:
        return [Concern("view_old", "amber", age_ms // (24 * _HOUR_MS))]
    return []
