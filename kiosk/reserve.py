"""The reserve: a file of five megabytes in the home, given up when the disk is full, so that the last scans are recorded still.

Given up it is empty, and stays in its place as a mark of that; the background makes it again once there is room for two of it.
Must never hold up or stop a scan.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from kiosk import machine
from kiosk.errors import Trouble
from kiosk.faults import fault_of
from kiosk.limits import RESERVE_BYTES, RESERVE_FREE_BYTES_MIN

RESERVE_FILE = "reserve"
_ROOM_BYTES = 2 * RESERVE_BYTES


def keep(home: Path) -> bool:
    """Make the reserve where it is missing or was given up, if there is room; tell whether it is there."""
    if _size(home) == RESERVE_BYTES:
        return True
    try:
        if shutil.disk_usage(home).free < _ROOM_BYTES:
            return False
        _make(home / RESERVE_FILE)
    except OSError:  # full after all (a quota), read-only, or no home yet: tried again later
        return False
    _note("reserve_made")
    return True


def is_given_up(home: Path) -> bool:
    """Tell whether what is recorded now goes into the last room."""
    return _size(home) == 0


@contextmanager
def room(home: Path) -> Iterator[None]:
    """Make room for what the block appends: before it on a disk that is all but full, after it where only an error showed so."""
    with suppress(OSError):
        if shutil.disk_usage(home).free < RESERVE_FREE_BYTES_MIN:
            give_up(home)
    try:
        yield
    except (sqlite.Error, OSError) as error:
        fault = fault_of(error)
        if fault is not None and fault.code == Trouble.DISK_FULL:
            give_up(home)
        raise


def give_up(home: Path) -> bool:
    """Give its room back to the disk; tell whether there was any to give."""
    if not _size(home):
        return False
    try:
        os.truncate(home / RESERVE_FILE, 0)
    except OSError:  # read-only: then room is not what is missing
        return False
    _note("reserve_given_up")
    return True


def _note(event: str) -> None:
    from structlog import get_logger  # which brings much along: a scan has no use for it

    get_logger("kiosk.reserve").warning(event)


def _make(file: Path) -> None:
    """Write it beside its place, then put it there. Its bytes are random: a disk that packs what it stores gains nothing by them.

    Room for two is asked for: else it would be made of what giving it up has just won, where a quota hides how much that is.
    """
    new = file.with_name(f"{RESERVE_FILE}.part")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(os.urandom(RESERVE_BYTES))
            out.flush()
            machine.require_room(out.fileno(), _ROOM_BYTES)
            out.truncate(RESERVE_BYTES)
            os.fsync(out.fileno())
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _size(home: Path) -> int | None:
    """Give its size in bytes; None if it was never made."""
    try:
        return (home / RESERVE_FILE).stat().st_size
    except OSError:
        return None
