"""Whether a server runs on a home: whoever serves or derives for long holds a lock there, which ends with the process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.vocabulary import Code
from sync.errors import Refused

_FILE = "serving.lock"


@contextmanager
def serving(home: Path) -> Iterator[None]:
    """Say that a server runs here. Wait for whoever is alone."""
    with (home / _FILE).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keep servers from running here meanwhile. Raise `Refused(home_in_use)` if one does."""
    with (home / _FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            words = "服务器正在运行，请先停止 / a server runs on this home: stop it first"
            raise Refused(Code.HOME_IN_USE, words) from error
        yield
