"""What the use cases of a kiosk are handed: its store, its clock and chance. Made once, at the edge."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock, SystemClock
from kiosk.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A kiosk that is open. chance: gives that many random bytes."""

    store: Store
    clock: Clock
    chance: Callable[[int], bytes] = os.urandom

    @property
    def home(self) -> Path:
        """The folder of the store and the locks."""
        return self.store.home


def open_kiosk(home: Path) -> Kiosk:
    """Open the kiosk of this home with the clocks of this machine."""
    return Kiosk(open_store(home), SystemClock())
