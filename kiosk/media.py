"""Sticks that are plugged in, as the operating system mounted them: where a bundle file can go, or come from."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import Stopped, Trouble
from kiosk.limits import MEDIA_FILES_MAX, MEDIA_MAX
from kiosk.machine import removable_drives

MOUNTS = Path("/proc/self/mounts")
ROOTS = ("/media/", "/run/media/", "/mnt/")
SUFFIX = ".rvb"


@dataclass(frozen=True, slots=True)
class Medium:
    """A mounted stick. files: bundle files at its top."""

    folder: str
    name: str
    free_bytes: int
    is_writable: bool
    files: list[str]


def media(mounts: Path = MOUNTS, roots: tuple[str, ...] = ROOTS) -> list[Medium]:
    """List what is mounted where sticks are; what goes away meanwhile is left out."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    folders = {_plain(line.split()[1]) for line in lines if len(line.split()) > 1}
    there = [*sorted(one for one in folders if one.startswith(roots)), *removable_drives()]
    found = [_look(Path(folder)) for folder in there]
    return [medium for medium in found if medium is not None][:MEDIA_MAX]


def require_medium(folder: str, found: list[Medium]) -> Path:
    """Give the folder of a stick that is there now. Raise `Stopped(stick_failed)`."""
    if folder not in {medium.folder for medium in found}:
        raise Stopped(Trouble.STICK_FAILED, "不在了 / not there any more")
    return Path(folder)


def require_file(folder: str, name: str, found: list[Medium]) -> Path:
    """Give a bundle file of a stick that is there now. Raise `Stopped(stick_failed)`."""
    if not any(one.folder == folder and name in one.files for one in found):
        raise Stopped(Trouble.STICK_FAILED, "不在了 / not there any more")
    return Path(folder) / name


def _look(folder: Path) -> Medium | None:
    try:
        free = shutil.disk_usage(folder).free
        files = sorted(one.name for one in folder.iterdir() if one.name.endswith(SUFFIX))
    except OSError:
        return None
    is_writable = os.access(folder, os.W_OK)
    shown = [name for name in files if not name.startswith(".")][:MEDIA_FILES_MAX]
    return Medium(str(folder), folder.name or str(folder), free, is_writable, shown)


def _plain(mounted: str) -> str:
    """Undo how the kernel writes blanks and the like: three octal digits behind a backslash."""
    octets = mounted.encode("utf-8", "surrogateescape")
    parts = octets.split(b"\\")
    plain = parts[0] + b"".join(_sign(part) for part in parts[1:])
    return plain.decode("utf-8", "replace")


def _sign(part: bytes) -> bytes:
    digits = part[:3]
    is_octal = len(digits) == 3 and all(48 <= digit < 56 for digit in digits)
    return bytes([int(digits, 8) & 0xFF]) + part[3:] if is_octal else b"\\" + part
