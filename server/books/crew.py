"""Other processes that help a rebuild: they understand windows of logs, and reconcile people. Only the rebuild itself writes.

They are worth their start where there is much to do. What they are given they could find again, so one that ends too early
ends the rebuild, which changes nothing then.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import msgspec

from server.books import crew_words as words
from server.books.stored import KioskLog
from server.books.timeline import Raw
from server.database import Database
from sync.clock import AnchorMark

PROCESSES_MAX = 4
"""Beyond these, the one that writes is the one that all wait for."""

COMMAND = [sys.executable, "-m", "server.books.crew_work"]

Outcome = Future[words.Understood]
_Answer = TypeVar("_Answer", words.Done, words.Understood, words.Derived)


class Crew:
    """Some processes, a thread each that talks with it. ahead: how many jobs are worth handing out before one is taken back."""

    def __init__(self, processes: Sequence["subprocess.Popen[bytes]"]) -> None:
        """Take over processes that were begun."""
        self.ahead = 2 * len(processes)
        self._all = list(processes)
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for process in processes:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(len(processes))

    def begin(self, word: words.Begin) -> None:
        """Tell each process what to begin with, and which it is."""
        for writer, process in enumerate(self._all, 1):
            _exchange(process, msgspec.structs.replace(word, writer=writer))

    def begin_log(self, kiosk: KioskLog, marks: Sequence[AnchorMark]) -> None:
        """Tell of which log the windows are that follow. Nothing may be under way."""
        self._tell_all(words.BeginLog(kiosk, list(marks)))

    def understand(self, rows: list[Raw]) -> Outcome:
        """Have a window understood and put aside."""
        return self._threads.submit(self._ask, words.Window(rows), words.Understood)

    def flush(self) -> None:
        """Have everything put aside be readable. Nothing may be under way."""
        self._tell_all(words.Flush())

    def derive(self, bucket: int, but: Sequence[str]) -> Future[words.Derived]:
        """Have the people of a bucket reconciled, all but some."""
        return self._threads.submit(self._ask, words.People(bucket, list(but)), words.Derived)

    def close(self) -> None:
        """Let them end."""
        for process in self._all:
            if process.stdin is not None:
                with suppress(
                    BrokenPipeError
                ):  # it has ended already, which was said where it mattered
                    process.stdin.close()
        self._threads.shutdown()
        for process in self._all:
            process.wait()

    def _tell_all(self, word: words.Job) -> None:
        for process in self._all:
            _exchange(process, word)

    def _ask(self, word: words.Job, kind: type[_Answer]) -> _Answer:
        process = self._idle.get()
        try:
            answer = _exchange(process, word)
        finally:
            self._idle.put(process)
        if not isinstance(answer, kind):
            raise TypeError(f"{type(answer).__name__} is no answer to {type(word).__name__}")
        return answer


@contextmanager
def open_crew(
    database: Database, folder: Path, *, buckets: int, processes: int | None = None
) -> Iterator[Crew]:
    """Begin processes that write their buckets into this folder: as many as there are processors, unless said."""
    count = min(PROCESSES_MAX, os.cpu_count() or 1) if processes is None else processes
    url = database.facts.url.render_as_string(hide_password=False)
    begin = words.Begin(
        str(database.home), "" if database.is_sqlite else url, str(folder), buckets, 0
    )
    crew = Crew([_start() for _ in range(count)])
    try:
        crew.begin(begin)
        yield crew
    finally:
        crew.close()


def _start() -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    return subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe)  # noqa: S603 # ourselves


def _exchange(process: "subprocess.Popen[bytes]", word: words.Job) -> words.Answer:
    if process.stdin is None or process.stdout is None:
        raise TypeError("begun without pipes")
    try:
        words.send(process.stdin, word)
        frame = words.receive(process.stdout)
    except BrokenPipeError:
        frame = b""
    if not frame:
        raise ChildProcessError("a process that helped the rebuild has ended")
    return words.read_answer(frame)
