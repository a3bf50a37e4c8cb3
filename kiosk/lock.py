"""Locks between processes of one home: held by the operating system, so a killed process leaves none behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import Stopped, Trouble


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """Wait for one's turn and hold it: for the short work of setting up a home."""
    with _locked(file, fcntl.LOCK_EX):
        yield


@contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Hold the lock or raise `Stopped(sync_running)` at once: two syncs of one home would only do the same twice."""
    try:
        with _locked(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield
    except BlockingIOError as error:
        raise Stopped(Trouble.SYNC_RUNNING, later=True) from error


@contextmanager
def _locked(file: Path, how: int) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
