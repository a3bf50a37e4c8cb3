"""Neighbours in the background of the screen: be there for them, and say when a round is due between two syncs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk import carried
from kiosk.app import Kiosk
from kiosk.limits import NEIGHBOUR_AGAIN_MS, SYNC_IDLE_MS
from kiosk.neighbours.parts import returned
from kiosk.neighbours.presence import Presence
from kiosk.neighbours.setting import read_setting
from kiosk.standing import Standing

_SOON_S = 5.0
"""How soon after a round a reply that came for this kiosk is read."""


@dataclass(slots=True)
class Nearby:
    """What the background looks after. round_command: what a round is, as a process; addresses are put behind it."""

    presence: Presence
    round_command: list[str]
    now_s: Callable[[], float] = time.monotonic
    _called_s: float = float("-inf")
    _known: frozenset[str] = frozenset()
    _standing: Standing = field(default_factory=Standing)

    def tend(self, kiosk: Kiosk) -> None:
        """See that listener and announcement are as the setting says."""
        self.presence.tend(kiosk)

    def is_due(self, kiosk: Kiosk) -> bool:
        """Tell whether to call the neighbours: soon where a reply waits or one is new, each minute while anything waits.

        Else now and then.
        """
        if not read_setting(kiosk.store.db).is_on:
            return False
        passed_s = self.now_s() - self._called_s
        if passed_s < _SOON_S:
            return False
        is_new = not self._known.issuperset(self.found())
        if is_new or any(returned(kiosk.home)) or passed_s * 1000 >= SYNC_IDLE_MS:
            return True
        if passed_s * 1000 < NEIGHBOUR_AGAIN_MS:
            return False
        return self._standing.look(kiosk).pending > 0 or bool(carried.bundles(kiosk.home))

    def command(self) -> list[str]:
        """Give the command of a round that begins now."""
        self.called()
        return [*self.round_command, *self.found()]

    def called(self) -> None:
        """Note that a round was held."""
        self._called_s, self._known = self.now_s(), frozenset(self.found())

    def found(self) -> list[str]:
        """Give the addresses of neighbours that announce themselves."""
        return self.presence.found()

    def close(self) -> None:
        """Be there no more."""
        self.presence.close()
