"""Counts who knocks at the listener, so that a flood costs little and shuts nobody else out for long."""

import threading
from collections import Counter

from kiosk.limits import (
    NEIGHBOUR_CONNECTIONS_MAX,
    NEIGHBOUR_CONNECTIONS_OF_ONE,
    NEIGHBOUR_REQUESTS_MAX,
    NEIGHBOUR_SOURCES_MAX,
)

_MINUTE_S = 60


class Gate:
    """Counts who knocks: connections at once, and requests in the minute that runs."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._turn = threading.Lock()
        self._inside: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._minute = 0

    def enter(self, source: str, now_s: float) -> bool:
        """Let a connection in, or not."""
        with self._turn:
            if int(now_s // _MINUTE_S) != self._minute:
                self._minute = int(now_s // _MINUTE_S)
                self._asked.clear()
            if source not in self._asked and len(self._asked) >= NEIGHBOUR_SOURCES_MAX:
                return False
            self._asked[source] += 1
            is_full = self._inside.total() >= NEIGHBOUR_CONNECTIONS_MAX
            is_much = self._inside[source] >= NEIGHBOUR_CONNECTIONS_OF_ONE
            if is_full or is_much or self._asked[source] > NEIGHBOUR_REQUESTS_MAX:
                return False
            self._inside[source] += 1
            return True

    def leave(self, source: str) -> None:
        """Note that a connection that was let in has ended."""
        with self._turn:
            self._inside[source] -= 1
            if self._inside[source] <= 0:
                del self._inside[source]
