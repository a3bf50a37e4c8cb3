"""A process that helps to derive in the background: begun when much comes, if there are processors, ended when that is done."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from server.books.derive.ahead import NOTHING, WindowNews
from server.books.derive.crew import Crew, Outcome, open_crew
from server.books.derive.crew_words import Understood, Window
from server.database import Database
from server.jobs.spare import PROCESSORS_MIN, Spare

WORTH_ENTRIES = 10_000
"""Up to so many entries a process takes longer to begin than to understand them."""


class Standby:
    """At most one process, as `Hands` of a crew. It begins in the background, and windows are not kept waiting for it."""

    def __init__(self, database: Database, spare: Spare | None = None) -> None:
        """Begin nothing yet. spare: who need only be asked; without, or when that is lost, a process is begun."""
        self._database = database
        self._spare = spare
        self._is_room = (os.cpu_count() or 1) >= PROCESSORS_MIN
        self._opened = ExitStack()
        self._crew: Crew | None = None
        self._asked = 0
        self._has_failed = False

    def understand(self, window: Window) -> Outcome | None:
        """Have a window understood, if there have been enough of them since it was quiet."""
        self._asked += window.held
        is_worth = self._asked > WORTH_ENTRIES and not self._has_failed
        if self._crew is None and self._is_room and is_worth:
            self._crew = self._begin()
        return None if self._crew is None else self._crew.understand(window)

    def take_back(self, found: Understood) -> WindowNews:
        """Give what was put aside of a window that was understood."""
        return NOTHING if self._crew is None else self._crew.take_back(found)

    def end(self) -> None:
        """Let it end, because it is quiet."""
        self._crew, self._asked, self._has_failed = None, 0, False
        self._opened.close()

    def give_up(self) -> None:
        """Let it end, because something went wrong: what it was asked for nobody takes back. Until it is quiet it rests."""
        self.end()
        self._has_failed = True

    def _begin(self) -> Crew:
        folder = Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="redvest-")))
        spare = None if self._spare is None or self._spare.is_lost else self._spare
        crew = open_crew(self._database, folder, buckets=0, processes=1, spare=spare)
        return self._opened.enter_context(crew)
