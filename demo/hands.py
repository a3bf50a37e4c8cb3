"""Who moves the hands of the demo's clock: one file that every process of the demo reads the time from (`sync/demo.py`)."""

import secrets
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sync.demo import DemoClock, Device, read_clock

SHANGHAI = timezone(timedelta(hours=8))
"""The county's time, all year."""


def instant(local: str) -> int:
    """Give a local date and time, `2026-08-15T08:00`, as Unix milliseconds."""
    return int(datetime.fromisoformat(local).replace(tzinfo=SHANGHAI).timestamp() * 1000)


@dataclass(slots=True)
class Hands:
    """The demo's clock, to be moved. It stands still between two moves, and never goes back."""

    file: Path
    began: str
    clock: DemoClock = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        began_ms = instant(self.began)
        self.clock = DemoClock(secrets.token_hex(4), began_ms, began_ms)

    def pick_up(self) -> None:
        """Go on from what the file says."""
        self.clock = read_clock(self.file.read_text(encoding="utf-8"))

    def wind(self) -> None:
        """Write the clock down for the first time."""
        self._set(self.clock)

    def move_to(self, local: str) -> None:
        """Make it this local date and time, everywhere at once."""
        self.advance(instant(local) - self.clock.now_ms)

    def advance(self, ms: int) -> None:
        """Let so much time go by."""
        if ms < 0:
            raise ValueError("the clock never goes back")
        self._set(replace(self.clock, now_ms=self.clock.now_ms + ms))

    def start(self, device: str, *, skew_ms: int = 0) -> None:
        """Start a device, for the first time or again: another boot, and its wall clock wrong by so much."""
        before = self.clock.devices.get(device, Device())
        its = Device(skew_ms, before.boots + 1, self.clock.now_ms)
        self._set(replace(self.clock, devices={**self.clock.devices, device: its}))

    def let_run(self) -> None:
        """Let it run from now on, as fast as the machine's own."""
        since_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        self._set(replace(self.clock, since_ms=since_ms))

    def _set(self, clock: DemoClock) -> None:
        """Replace the file in one step: a reader sees one time or the other."""
        self.clock = clock
        new = self.file.with_suffix(".new")
        new.write_text(clock.text(), encoding="utf-8")
        new.replace(self.file)
