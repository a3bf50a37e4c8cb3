"""The server's clocks, read in one place so that tests and replays can bring their own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.demo import KIND
from sync.ids import boot_id

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Clock:
    """wall_ms: UTC, Unix milliseconds. mono_ms: runs on during sleep. boot: 8 bytes that stand for this boot.

    kind: as a boot entry says it; `demo` for a demo's clock (`server/demo.py`).
    """

    wall_ms: Callable[[], int]
    mono_ms: Callable[[], int]
    boot: bytes
    kind: str = "boottime"

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a demo's clock, and so a demo's home."""
        return self.kind == KIND


def system_clock() -> Clock:
    """Give the clocks of this machine."""
    return Clock(_wall_ms, _mono_ms, _boot())


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _mono_ms() -> int:
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(source) // 1_000_000


def _boot() -> bytes:
    if _BOOT_ID_FILE.exists():
        return boot_id(_BOOT_ID_FILE.read_text(encoding="ascii"))
    return boot_id(str((_wall_ms() - _mono_ms()) // 10_000))
