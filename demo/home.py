"""The demo's folder: emptied at each start. Never touches what the demo did not make itself: a marker file says so."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARKER = ".red-vest-demo"


class HomeRefused(Exception):
    """The folder is not ours to empty, or another demo is at work in it."""


@contextmanager
def fresh_home(home: Path) -> Iterator[Path]:
    """Give the folder, empty, and keep other demos out of it meanwhile. Raise `HomeRefused`."""
    _require_ours(home)
    home.mkdir(parents=True, exist_ok=True)
    with (home / MARKER).open("a") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            words = "另一个演示正在使用这个文件夹 / another demo is running here"
            raise HomeRefused(f"{words}: {home}") from error
        _empty(home)
        yield home


def _require_ours(home: Path) -> None:
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise HomeRefused(f"不是文件夹，未作改动 / not a folder, left alone: {home}")
    if home.exists() and any(home.iterdir()) and not (home / MARKER).is_file():
        words = "不是演示建立的文件夹，未作改动 / not made by the demo, left alone"
        raise HomeRefused(f"{words}: {home}")


def _empty(home: Path) -> None:
    """Remove everything but the marker: stopped halfway, the folder is still known as ours."""
    for entry in home.iterdir():
        if entry.name == MARKER:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
