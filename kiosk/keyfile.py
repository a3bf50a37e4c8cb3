"""The key of the store, a file beside it. It protects a lone copy of the database, not a stolen device: so nothing that
must stay secret from a thief is in the store (names are not; what a scan could not read is sealed to the centre).
"""

import os
from pathlib import Path

from kiosk.errors import Stopped, Trouble
from kiosk.machine import sync_folder

KEY_BYTES = 32


def read_key(file: Path) -> bytes:
    """Read the key. Raise `Stopped(store_key_missing)` if it is not there or not a key."""
    try:
        key = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError) as error:
        raise Stopped(Trouble.STORE_KEY_MISSING, file.name) from error
    if len(key) != KEY_BYTES:
        raise Stopped(Trouble.STORE_KEY_MISSING, file.name)
    return key


def make_key(file: Path, key: bytes) -> None:
    """Write the key durably, for this user alone, in one step: there is never half a key."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(key.hex())
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    sync_folder(file.parent)
