"""A spare process: this one as it was before it had threads or connections, to help with deriving when there is much to do.

Another that is begun then reads half a second what helping takes, before it helps; this has read it, and shares the memory. It
copies itself once more each time that it is asked, and the copy ends when it may rest: so memory is given back.
"""

import gc
import os
import select
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, NoReturn

from server.books.derive import crew_words as words
from server.books.derive import crew_work

PROCESSORS_MIN = 2
"""With fewer nobody can help."""


@dataclass(slots=True)
class Spare:
    """Our side of it. stdin: where it is asked; stdout: where it answers. is_lost: it has ended, and nobody can copy it again."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    is_lost: bool = False

    def finish(self) -> None:
        """Let it rest; find out whether it is there still."""
        self.is_lost = True
        with suppress(BrokenPipeError):
            words.send(self.stdin, words.Rest())
            self.is_lost = not words.receive(self.stdout)


@contextmanager
def spare_process() -> Iterator[Spare | None]:
    """Copy this process, which must have no threads and no connections yet; None where there are too few processors."""
    if (os.cpu_count() or 1) < PROCESSORS_MIN:
        yield None
        return
    asked, asks = os.pipe()
    answers, said = os.pipe()
    gc.freeze()  # looking for garbage among what both share would copy it
    number = os.fork()
    if number == 0:
        os.close(asks)
        os.close(answers)
        _stand_by(asked, said)
    os.close(asked)
    os.close(said)
    stdin, stdout = os.fdopen(asks, "wb"), os.fdopen(answers, "rb")
    try:
        yield Spare(stdin, stdout)
    finally:
        with suppress(BrokenPipeError):  # it has ended already
            stdin.close()
        stdout.close()
        os.waitpid(number, 0)


def _stand_by(asked: int, said: int) -> NoReturn:
    """Have a copy answer, each time that there is something to answer, until nobody asks any more or a copy failed."""
    failed = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for whoever asks: then nobody does
        while _is_asked(asked):
            copy = os.fork()
            if copy == 0:
                _answer(asked, said)
                break
            if os.waitpid(copy, 0)[1]:
                raise ChildProcessError("a copy failed")
        failed = 0
    except Exception:  # noqa: BLE001 # the process ends here, and says so
        traceback.print_exc()
    finally:
        os._exit(failed)


def _is_asked(asked: int) -> bool:
    """Wait until there is something to answer; False: nobody will ask."""
    waiting = select.poll()
    waiting.register(asked, select.POLLIN)
    ((_, what),) = waiting.poll()
    return bool(what & select.POLLIN)


def _answer(asked: int, said: int) -> None:
    with os.fdopen(asked, "rb") as questions, os.fdopen(said, "wb") as answers:
        crew_work.main(questions, answers)
