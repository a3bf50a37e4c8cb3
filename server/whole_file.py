"""Files on sticks: opened only if they are plain files, written whole or not at all, whenever the stick is pulled out."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from schemas.limits import BUNDLE_FILE_BYTES_MAX
from schemas.vocabulary import Code
from sync.errors import Refused


@contextmanager
def open_plain(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to read. Raise `Refused`: `not_found`, `not_a_bundle` for what is no plain file, `too_large`; `OSError`."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Refused(Code.NOT_FOUND, "没有这个文件 / no such file") from error
    except OSError as error:
        if file.is_symlink():
            raise Refused(Code.NOT_A_BUNDLE, "是链接，不是文件 / a link, not a file") from error
        raise
    try:
        _require_plain(os.fstat(descriptor))
    except Refused:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as opened:
        yield opened


def _require_plain(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Refused(Code.NOT_A_BUNDLE, "不是文件 / not a plain file")
    if found.st_size > BUNDLE_FILE_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {BUNDLE_FILE_BYTES_MAX} bytes")


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write beside it, make it durable, put it in place: there is the old file, or the new one. Raise `OSError`."""
    with replacing(file) as out:
        out.writelines(pieces)


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """Open a file beside it to write; at the end it is durable and in place. If anything fails the old file stays."""
    new = file.with_name(f".{file.name}.part")
    try:
        descriptor = os.open(
            new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(descriptor, "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
        _sync_folder(file.parent)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
