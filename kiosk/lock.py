"""Locks between processes of one home: held by the operating system, so a killed process leaves none behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk import machine
from kiosk.errors import Stopped, Trouble


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """Wait for one's turn and hold it: for the short work of setting up a home."""
    with _locked(file, wait=True):
        yield


@contextmanager
def only_one(file: Path) -> Iterator[None]:
    """Hold the lock or raise `Stopped(sync_running)` at once: two syncs of one home would only do the same twice."""
    try:
        with _locked(file, wait=False):
            yield
    except BlockingIOError as error:
        raise Stopped(Trouble.SYNC_RUNNING, later=True) from error


@contextmanager
def _locked(file: Path, *, wait: bool) -> Iterator[None]:
    descriptor = os.open(file, machine.READ_WRITE, 0o600)
    try:
        machine.lock(descriptor, wait=wait)
        try:
            yield
        finally:
            machine.unlock(descriptor)
    finally:
        os.close(descriptor)
