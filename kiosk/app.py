"""What the use cases of a kiosk are handed: its store, its clock and chance. Made once, at the edge."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.clock import Clock, SystemClock
from kiosk.demo import SharedClock
from kiosk.store import Store, is_demo_store, open_store
from sync.demo import KIND


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

    @property
    def is_demo(self) -> bool:
        """Tell whether this is a kiosk of a demo."""
        return self.clock.kind == KIND


def open_kiosk(home: Path) -> Kiosk:
    """Open the kiosk of this home with the clocks of this machine, or, if it was made as a demo's, with the demo's."""
    store = open_store(home)
    try:
        return Kiosk(store, SharedClock(home) if is_demo_store(store) else SystemClock())
    except BaseException:
        store.close()
        raise
