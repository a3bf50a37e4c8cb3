"""The clocks of the device, as one object that is handed in: wall, monotonic (it runs on during sleep), boot id."""

import time
from pathlib import Path
from typing import NamedTuple, Protocol

from kiosk import machine
from sync.ids import boot_id

_BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")
_BOOT_ROUND_MS = 10_000
"""Where the operating system has no boot id: the time of boot, rounded so that a small correction does not change it."""


class Reading(NamedTuple):
    """All clocks at one moment, in milliseconds; boot as in an entry."""

    boot: bytes
    mono_ms: int
    wall_ms: int

    @property
    def lead_ms(self) -> int:
        """Wall clock minus monotonic clock, as an entry carries it."""
        return self.wall_ms - self.mono_ms


class Clock(Protocol):
    """What the kiosk needs to know of time. kind: `boottime`, `monotonic` or `demo`, as a boot entry says it."""

    @property
    def kind(self) -> str:
        """Say which monotonic clock this is."""
        ...

    def read(self) -> Reading:
        """Read all clocks."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        """Find the best monotonic clock and the boot id."""
        self.kind = machine.clock_kind()
        self._boot = self._boot_id()

    def read(self) -> Reading:
        """Read all clocks, one right after the other."""
        return Reading(self._boot, machine.mono_ms(), time.time_ns() // 1_000_000)

    def _boot_id(self) -> bytes:
        try:
            return boot_id(_BOOT_FILE.read_text())
        except OSError:
            booted_ms = time.time_ns() // 1_000_000 - machine.mono_ms()
            return boot_id(str(round(booted_ms / _BOOT_ROUND_MS)))
