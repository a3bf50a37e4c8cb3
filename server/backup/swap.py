"""Put a restored home in the place of the present one: done at one instant, finished by whoever comes next.

What is new is made in `restoring/`, which means nothing. Renaming it to `restored/` is the instant. From then on `finish` moves
the present files aside and the new ones in; it can be stopped anywhere, and is begun again by the next command.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_MAKING, _MADE, _ASIDE = "restoring", "restored", "aside"
FACTS = "redvest.db"
_WITH_FACTS = (
    f"{FACTS}-wal",
    f"{FACTS}-shm",
    "derived.db",
    "derived.db-wal",
    "derived.db-shm",
    FACTS,
)
"""Files that mean nothing without the facts beside them; the facts go last, so that a rest is never taken for a whole."""
_KEYS = "keys"


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def begin(home: Path) -> Path:
    """Give an empty folder to make the new home in. What an earlier try left there goes."""
    making = home / _MAKING
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    return making


def write_keys(making: Path, keys: Mapping[str, bytes]) -> None:
    """Write key files, durably, for nobody else to read."""
    folder = making / _KEYS
    folder.mkdir(mode=0o700)
    for name, raw in keys.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
    sync_folder(folder)


def commit(home: Path, name: str) -> None:
    """Decide: from here on the new home counts. name: of the folder where the present one is put aside."""
    making = home / _MAKING
    (making / _ASIDE).write_text(name, encoding="utf-8")
    for file in making.iterdir():
        if file.is_file():
            with file.open("rb") as made:
                os.fsync(made.fileno())
    sync_folder(making)
    making.rename(home / _MADE)
    sync_folder(home)


def finish(home: Path) -> bool:
    """Finish what `commit` decided, if anything. Tell whether there was."""
    made = home / _MADE
    if not made.exists():
        return False
    word = made / _ASIDE
    aside = home / word.read_text(encoding="utf-8") if word.exists() else None
    if aside is not None:
        aside.mkdir(exist_ok=True, mode=0o700)
        _exchange(home, made, aside)
        sync_folder(aside)
        sync_folder(home)
        if not any(aside.iterdir()):
            aside.rmdir()
        word.unlink()
    shutil.rmtree(made)
    sync_folder(home)
    return True


def _exchange(home: Path, made: Path, aside: Path) -> None:
    """Move a present thing aside only while the new one still waits: then what is in place is the old one."""
    for guard, names in ((_KEYS, (_KEYS,)), (FACTS, _WITH_FACTS)):
        if not (made / guard).exists():
            continue
        for name in names:
            if (home / name).exists():
                (home / name).rename(aside / name)
        (made / guard).rename(home / guard)
