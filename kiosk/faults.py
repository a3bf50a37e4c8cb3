"""What an error of the machine is called: one place for the command line and the screen. Never repeats what was scanned."""

import errno
from typing import NamedTuple

import sqlcipher3.dbapi2 as sqlite

from kiosk.errors import Stopped, Trouble
from sync.errors import Refused

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_OF_SQLITE = {
    "SQLITE_FULL": Trouble.DISK_FULL,
    "SQLITE_BUSY": Trouble.STORE_BUSY,
    "SQLITE_LOCKED": Trouble.STORE_BUSY,
    "SQLITE_READONLY": Trouble.READ_ONLY,
    "SQLITE_CORRUPT": Trouble.STORE_DAMAGED,
    "SQLITE_NOTADB": Trouble.STORE_DAMAGED,
}


class Fault(NamedTuple):
    """An error by its stable code. detail: for people. later: trying again later may help."""

    code: str
    detail: str = ""
    later: bool = False


def fault_of(error: BaseException) -> Fault | None:
    """Name an error; None if it is our own fault and must be seen whole."""
    match error:
        case Stopped():
            return Fault(error.code, error.detail, error.later)
        case Refused():
            return Fault(str(error.code), error.detail)
        case sqlite.Error():  # its own text could repeat what was scanned
            name = str(getattr(error, "sqlite_errorname", ""))
            primary = "_".join(name.split("_")[:2])
            return Fault(_OF_SQLITE.get(primary, Trouble.IO_ERROR), name)
        case OSError():
            return Fault(_of_system(error), error.strerror or "")
    return None


def _of_system(error: OSError) -> Trouble:
    if error.errno in _FULL:
        return Trouble.DISK_FULL
    return Trouble.READ_ONLY if error.errno == errno.EROFS else Trouble.IO_ERROR
