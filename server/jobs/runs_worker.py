"""The process that works on runs: begun by the scheduler when there is something to do, ended with it.

A process of its own, since drawing and adding up is all computing, and a busy thread beside deriving makes both crawl.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable

from server.database import Database
from server.runs.run import has_live

LOOK_EVERY_S = 1.0
"""How often it is looked whether anything is to be done."""

PAUSE_S = 20.0
"""How long nothing is begun after a process that another server kept from working, or that failed."""

ENDS_S = 5.0
"""How long it may take to end."""

COMMAND = (sys.executable, "-m", "server", "runs", "work")


class RunsWorker:
    """Begins the process, and notices how it ended. seconds: a clock that only goes forward."""

    def __init__(self, database: Database, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin nothing yet."""
        self._database = database
        self._seconds = seconds
        self._next = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Begin a process if there is something to do and none at it. Raise `OperationalError` if the database is away."""
        if self._seconds() < self._next:
            return
        self._next = self._seconds() + LOOK_EVERY_S
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return
            self._process = None
            if status:
                self._next = self._seconds() + PAUSE_S
                return
        with self._database.read() as connection:
            is_due = has_live(connection)
        if is_due:
            command = [*COMMAND, "--parent", str(os.getpid())]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 # ourselves

    def end(self) -> None:
        """End the process; what it works on is gone on with by the next."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
