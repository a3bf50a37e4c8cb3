"""Delete everything that this kiosk is: before it is given away. Refused while anything is unsent (I10).

The store first takes no more entries, then the files go, the key overwritten before: so no scan that comes meanwhile is
confirmed and lost, and what is left on the disk cannot be opened. Done again after a power cut it goes on where it was.
"""

import os
import shutil
from pathlib import Path

from kiosk.app import Kiosk
from kiosk.carried import FOLDER
from kiosk.keyfile import KEY_BYTES
from kiosk.lock import only_one
from kiosk.machine import sync_folder
from kiosk.neighbours.parts import RETURNED, STAGED
from kiosk.reserve import RESERVE_FILE
from kiosk.store import KEY_FILE, STORE_FILE, SYNC_LOCK
from kiosk.unsent import require_none

_NO_MORE = """CREATE TRIGGER IF NOT EXISTS entries_end BEFORE INSERT ON entries
              BEGIN SELECT RAISE(ABORT, 'this kiosk is being wiped'); END"""


def wipe(kiosk: Kiosk) -> None:
    """Delete store, key and what is carried for others; the store is closed by that.

    Raise `Stopped`: `unsent`, `sync_running`.
    """
    home = kiosk.home
    with only_one(home / SYNC_LOCK):
        with kiosk.store.write() as db:
            require_none(db)
            db.execute(_NO_MORE)
        kiosk.store.close()
        for end in ("", "-wal", "-shm"):
            (home / f"{STORE_FILE}{end}").unlink(missing_ok=True)
        (home / RESERVE_FILE).unlink(missing_ok=True)
        for folder in (FOLDER, STAGED, RETURNED):
            shutil.rmtree(home / folder, ignore_errors=True)
        _overwrite(home / KEY_FILE)
        (home / KEY_FILE).unlink(missing_ok=True)
        sync_folder(home)


def _overwrite(key: Path) -> None:
    with key.open("r+b") as opened:
        opened.write(b"0" * (2 * KEY_BYTES))
        opened.flush()
        os.fsync(opened.fileno())
