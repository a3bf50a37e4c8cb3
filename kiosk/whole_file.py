"""Files on sticks: read only if they are plain files, written whole or not at all, whenever the stick is pulled out."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kiosk import machine
from kiosk.errors import Stopped, Trouble
from schemas.limits import BUNDLE_FILE_BYTES_MAX
from schemas.vocabulary import Code
from sync.errors import Refused

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
Check = Callable[[IO[bytes]], None]
"""Reads what was written; raises if it is not what it should be."""


@contextmanager
def open_plain(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to read. Raise `Stopped`: `not_found`, `not_a_bundle` for what is no plain file, `too_large`; `OSError`."""
    try:
        descriptor = os.open(file, machine.READ_PLAIN)
    except FileNotFoundError as error:
        raise Stopped(Code.NOT_FOUND, file.name) from error
    except OSError as error:
        if file.is_symlink():
            raise Stopped(Code.NOT_A_BUNDLE, "a link, not a file") from error
        raise
    try:
        _require_plain(os.fstat(descriptor))
    except Stopped:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as opened:
        yield opened


def write_whole(file: Path, pieces: Iterable[bytes], check: Check) -> int:
    """Write beside it, make it durable, read it back, put it in place: there is the old file, or the new one, whole.

    Give the number of bytes. Raise `Stopped`: `wrong_usage` for a folder or a link, `stick_full`, `stick_failed`.
    """
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise Stopped(Trouble.WRONG_USAGE, f"{file.name}: 不是文件 / not a plain file")
    new = file.with_name(f".{file.name}.part")
    try:
        size = _write(new, pieces)
        with open_plain(new) as written:
            check(written)
        new.replace(file)
        machine.sync_folder(file.parent)
    except BaseException as error:
        with suppress(OSError):
            new.unlink()
        if isinstance(error, Refused):
            raise Stopped(Trouble.STICK_FAILED, "读回的内容不同 / read back differently") from error
        if isinstance(error, OSError):
            is_full = error.errno in _FULL
            code = Trouble.STICK_FULL if is_full else Trouble.STICK_FAILED
            raise Stopped(code, error.strerror or "") from error
        raise
    return size


def _write(new: Path, pieces: Iterable[bytes]) -> int:
    with os.fdopen(os.open(new, machine.WRITE_NEW, 0o600), "wb") as out:
        out.writelines(pieces)
        out.flush()
        os.fsync(out.fileno())
        machine.forget_pages(out.fileno())  # what is read back should come from the stick
        return out.tell()


def _require_plain(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Stopped(Code.NOT_A_BUNDLE, "not a plain file")
    if found.st_size > BUNDLE_FILE_BYTES_MAX:
        raise Stopped(Code.TOO_LARGE, f"over {BUNDLE_FILE_BYTES_MAX} bytes")
