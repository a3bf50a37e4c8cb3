"""Other processes that help to derive: they understand windows of logs and, in a rebuild, reconcile people. They write no table.

They are worth their start where there is much to do. Whatever they do could be done again, so one that ends too early ends the
transaction, which changes nothing then.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Protocol, TypeVar

import msgspec

from server.books.derive import crew_words as words
from server.books.derive.ahead import NOTHING, WindowNews, take_back
from server.database import Database

PROCESSES_MAX = 4
"""Beyond these, the one that writes is the one that all wait for."""

COMMAND = [sys.executable, "-m", "server.books.derive.crew_work"]

Outcome = Future[words.Understood]
_Answer = TypeVar("_Answer", words.Done, words.Understood, words.Derived)


class Hands(Protocol):
    """Whoever may understand windows for us."""

    def understand(self, window: words.Window) -> Outcome | None:
        """Have a window understood and put aside; None: nobody has the time."""
        ...

    def take_back(self, found: words.Understood) -> WindowNews:
        """Give what was put aside of a window."""
        ...


class Helper(Protocol):
    """A process that helps. stdin: where it is asked; stdout: where it answers."""

    @property
    def stdin(self) -> IO[bytes]:
        """Frames of jobs."""
        ...

    @property
    def stdout(self) -> IO[bytes]:
        """Frames of answers."""
        ...

    def finish(self) -> None:
        """Let it end or rest; it has answered all."""
        ...


class Begun:
    """A helper of its own, begun now."""

    def __init__(self) -> None:
        """Begin it."""
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe)  # noqa: S603 # ourselves
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("begun without pipes")
        self.stdin, self.stdout = self._process.stdin, self._process.stdout

    def finish(self) -> None:
        """Let it end."""
        with suppress(BrokenPipeError):  # it has ended already, which was said where it mattered
            self.stdin.close()
        self._process.wait()


class Crew:
    """Some processes, a thread each that talks with it. ahead: how many jobs are worth handing out before one is taken back."""

    def __init__(self, processes: Sequence[Helper], folder: Path) -> None:
        """Take over processes that were begun. folder: where they put scans aside."""
        self._folder = folder
        self.ahead = 2 * len(processes)
        self._all = list(processes)
        self._begun: list[Future[words.Done]] = []
        self._idle: SimpleQueue[Helper] = SimpleQueue()
        self._threads = ThreadPoolExecutor(len(processes))

    def begin(self, word: words.Begin) -> None:
        """Tell each process what to begin with, and which it is. Nobody waits for them: jobs do."""
        for writer, process in enumerate(self._all, 1):
            begin = msgspec.structs.replace(word, writer=writer)
            self._begun.append(self._threads.submit(self._ask_one, process, begin, words.Done))

    def understand(self, window: words.Window) -> Outcome:
        """Have a window understood and put aside."""
        return self._threads.submit(self._ask, window, words.Understood)

    def take_back(self, found: words.Understood) -> WindowNews:
        """Give what was put aside of a window in a file of its own; nothing where it is in buckets."""
        return take_back(self._folder, found.aside) if found.aside else NOTHING

    def flush(self) -> None:
        """Have everything put aside be readable. No window may be under way."""
        for begun in self._begun:
            begun.result()
        for process in self._all:
            _exchange(process, words.Flush())

    def derive(self, bucket: int, but: Sequence[str]) -> Future[words.Derived]:
        """Have the people of a bucket reconciled, all but some."""
        return self._threads.submit(self._ask, words.People(bucket, list(but)), words.Derived)

    def close(self) -> None:
        """Let them end."""
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            process.finish()

    def _ask(self, word: words.Job, kind: type[_Answer]) -> _Answer:
        return self._ask_one(self._idle.get(), word, kind)

    def _ask_one(self, process: Helper, word: words.Job, kind: type[_Answer]) -> _Answer:
        try:
            answer = _exchange(process, word)
        finally:
            self._idle.put(process)
        if not isinstance(answer, kind):
            raise TypeError(f"{type(answer).__name__} is no answer to {type(word).__name__}")
        return answer


@contextmanager
def open_crew(
    database: Database,
    folder: Path,
    *,
    buckets: int,
    processes: int | None = None,
    spare: Helper | None = None,
) -> Iterator[Crew]:
    """Begin processes that put scans aside in this folder: as many as there are processors, unless said. buckets: as `Begin`.

    spare: one that is there already, and helps alone.
    """
    count = min(PROCESSES_MAX, os.cpu_count() or 1) if processes is None else processes
    url = database.facts.url.render_as_string(hide_password=False)
    begin = words.Begin(
        str(database.home), "" if database.is_sqlite else url, str(folder), buckets, 0
    )
    crew = Crew([spare] if spare else [Begun() for _ in range(count)], folder)
    try:
        crew.begin(begin)
        yield crew
    finally:
        crew.close()


def _exchange(process: Helper, word: words.Job) -> words.Answer:
    try:
        words.send(process.stdin, word)
        frame = words.receive(process.stdout)
    except BrokenPipeError:
        frame = b""
    if not frame:
        raise ChildProcessError("a process that helped to derive has ended")
    return words.read_answer(frame)
