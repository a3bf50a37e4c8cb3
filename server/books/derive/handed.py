"""Windows of a log: other processes understand them, where there are any; and we do, where none of them has begun."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from server.books.derive.crew import Hands, Outcome
from server.books.derive.crew_words import Understood, Window

HANDED_MIN = 1_000
"""Entries of a window; with fewer it is understood before it could be handed out."""

Meanwhile = Callable[[], bool]
"""Does something else that is to be done anyway; tells whether there was anything."""


def nothing_else() -> bool:
    """There is nothing else to do."""
    return False


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

    def take(
        self, meanwhile: Meanwhile = nothing_else
    ) -> Iterator[tuple[Window, Understood | None]]:
        """Give every window, what is done first, with what was found; None where that is left to us.

        Whoever takes works from the end, and meets the others where they are. meanwhile: is called where others are at work and
        none of it is done: what they do then is not left to us, and what only we can do is not left to the end.
        """
        while self._waiting:
            place = self._done()
            if place is None and self._is_begun() and meanwhile():
                continue
            window, outcome = self._waiting.pop(-1 if place is None else place)
            if outcome is None or outcome.cancel():
                yield window, None
                continue
            found = outcome.result()
            yield window, None if found.is_left else found

    def _done(self) -> int | None:
        """Give the place of one that is done. Where none is, nobody has begun with the last, if anything is left to begin."""
        places = enumerate(self._waiting)
        return next((at for at, (_, one) in places if one is not None and one.done()), None)

    def _is_begun(self) -> bool:
        return any(one is not None for _, one in self._waiting)
