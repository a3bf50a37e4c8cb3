"""Windows of a log: other processes understand them, where there are any; and we do, where none of them has begun."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from server.books.derive.crew import Hands, Outcome
from server.books.derive.crew_words import Understood, Window

HANDED_MIN = 1_000
"""Entries of a window; with fewer it is understood before it could be handed out."""


@dataclass(slots=True)
class Handed:
    """Windows that were handed out, or could have been. hands: to whom; None: there is nobody."""

    hands: Hands | None
    _waiting: list[tuple[Window, Outcome | None]] = field(default_factory=list)

    def give(self, window: Window) -> None:
        """Hand a window out, if that is worth it."""
        outcome = None
        if self.hands is not None and window.held >= HANDED_MIN:
            outcome = self.hands.understand(window)
        self._waiting.append((window, outcome))

    def take(self) -> Iterator[tuple[Window, Understood | None]]:
        """Give every window, what is done first, with what was found; None where that is left to us.

        Whoever takes works from the end, and meets the others where they are.
        """
        while self._waiting:
            window, outcome = self._waiting.pop(self._next())
            if outcome is None or outcome.cancel():
                yield window, None
                continue
            found = outcome.result()
            yield window, None if found.is_left else found

    def _next(self) -> int:
        """Give the place of one that is done, else that of the last: nobody has begun with it, if anything is left to begin."""
        places = enumerate(self._waiting)
        return next((at for at, (_, one) in places if one is not None and one.done()), -1)
