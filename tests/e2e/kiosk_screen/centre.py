"""A centre for kiosks with screens: the small server of the same protocol, with the clock of this machine."""

import time
from pathlib import Path

from kiosk.app import Kiosk
from kiosk.clock import SystemClock
from kiosk.join import join
from kiosk.store import open_store
from sync.enrolment import read
from tests.kiosk.fakes import FakeClock, FakeServer


class RealClock(FakeClock):
    """A clock that goes on by itself."""

    @property
    def wall_ms(self) -> int:
        """The time of this machine."""
        return time.time_ns() // 1_000_000

    @wall_ms.setter
    def wall_ms(self, _ms: int) -> None: ...


def make_centre() -> FakeServer:
    """Make a centre that knows some people."""
    roster = [f"V{number:04d}" for number in range(1, 61)]
    return FakeServer(RealClock(), roster=roster)


def enrol(centre: FakeServer, home: Path, post: str = "P01") -> None:
    """Make a kiosk at home in this folder belong to the centre."""
    kiosk = Kiosk(open_store(home), SystemClock())
    join(kiosk, read(centre.code()), url=centre.url, post=post)
    kiosk.store.close()
