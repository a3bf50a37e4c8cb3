"""What operating systems do in different ways, in one place: locks, flags of files, clocks, what makes a folder durable.

Nothing else in `kiosk/` may use what POSIX alone has: `tests/kiosk/test_machine.py` looks, and runs a kiosk without any of it.
The ways of Windows are written from Microsoft's and Python's documents; they have not been run on Windows.
"""

import errno
import os
import sys
import time
from pathlib import Path

_EXTRA = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
READ_PLAIN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _EXTRA
"""To read what may be anything: no link is followed, a pipe holds nobody up (POSIX)."""
WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | _EXTRA
"""To write a file from its beginning."""
READ_WRITE = os.O_RDWR | os.O_CREAT | _EXTRA
"""To hold a file, made if it is not there."""
_HELD_ELSEWHERE = (errno.EACCES, errno.EDEADLK)
_TRY_AGAIN_S = 0.05
_REMOVABLE = 2
"""DRIVE_REMOVABLE of Windows' GetDriveTypeW."""


def clock_kind() -> str:
    """Say which monotonic clock this is: `boottime`, which goes on during sleep, or `monotonic`, where there is only one."""
    return "boottime" if hasattr(time, "CLOCK_BOOTTIME") else "monotonic"


def mono_ms() -> int:
    """Read that clock, in milliseconds."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


def lock(descriptor: int, *, wait: bool) -> None:
    """Lock an open file for this process alone, until `unlock` or its end. Raise `BlockingIOError` if another holds it.

    wait: until it is free, instead.
    """
    if sys.platform == "win32":
        while not _locked_by_byte(descriptor):
            if not wait:
                raise BlockingIOError(errno.EAGAIN, "held by another process")
            time.sleep(_TRY_AGAIN_S)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def unlock(descriptor: int) -> None:
    """Let a lock go. POSIX does so when the file is closed; Windows wants to be told."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)


def _locked_by_byte(descriptor: int) -> bool:
    """Lock the first byte of a file, which need not be there; tell whether it was free."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _HELD_ELSEWHERE:
                return False
            raise
    return True


def sync_folder(folder: Path) -> None:
    """Make a folder's list of names durable. Windows has no such thing for a program: NTFS keeps a journal of names."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def forget_pages(descriptor: int) -> None:
    """Let what is read back of a file come from its disk, not from memory, where the system can be asked for that."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def require_room(descriptor: int, size: int) -> None:
    """Raise `OSError` if a file cannot grow to this size; without a way to ask, free space (looked at before) has to do."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)


def removable_drives() -> list[str]:
    """Name the roots of removable drives (Windows: `E:\\`); elsewhere they are found among what is mounted."""
    if sys.platform == "win32":
        from ctypes import windll

        mask = int(windll.kernel32.GetLogicalDrives())
        roots = [f"{chr(ord('A') + bit)}:\\" for bit in range(26) if mask >> bit & 1]
        return [root for root in roots if windll.kernel32.GetDriveTypeW(root) == _REMOVABLE]
    return []
