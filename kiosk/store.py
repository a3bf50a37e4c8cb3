"""The store: one SQLCipher database in the home, shared by all processes of the kiosk.

WAL and `synchronous=FULL`: a commit that returned is on disk. Each write is a transaction that begins immediate, so there
are no late lock errors. Must never be opened without its key, and never make a new key for a database that is there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import sqlcipher3.dbapi2 as sqlite

from kiosk import reserve
from kiosk.errors import Stopped, Trouble
from kiosk.faults import fault_of
from kiosk.keyfile import KEY_BYTES, make_key, read_key
from kiosk.lock import turn
from kiosk.machine import sync_folder
from kiosk.migrations import STEPS
from sync.demo import MARK

STORE_FILE, KEY_FILE, SETUP_LOCK, SYNC_LOCK = "kiosk.db", "kiosk.key", "setup.lock", "sync.lock"
BUSY_MS = 30_000
"""How long a writer waits for another before it gives up."""
_PROBE_BYTES = 65_536
"""More than the database needs to be opened: it shares 32 KiB with other processes through a file beside the store."""

Database = Any
"""A connection of the driver, which has no types."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Reads go through `db`; writes through `write`."""

    home: Path
    db: Database

    @contextmanager
    def write(self) -> Iterator[Database]:
        """Open one transaction; it is committed, durably, when the block ends, or nothing of it happened."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Give the database back."""
        self.db.close()


def open_store(home: Path) -> Store:
    """Open the store of a home, made or upgraded if need be.

    Raise `Stopped`: `store_key_missing`, `store_newer`; `OSError` where the disk is full or cannot be written; what the database
    raises where the store is damaged.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / STORE_FILE).exists() or not (home / KEY_FILE).exists():
        with turn(home / SETUP_LOCK):
            _make_key_once(home)
            store = _open(home)
            _set_up(store)
            return store
    store = _open(home)
    if _version(store) != len(STEPS):
        with turn(home / SETUP_LOCK):
            _set_up(store)
    return store


def _make_key_once(home: Path) -> None:
    if (home / KEY_FILE).exists():
        return
    if (home / STORE_FILE).exists():
        raise Stopped(Trouble.STORE_KEY_MISSING, KEY_FILE)
    make_key(home / KEY_FILE, os.urandom(KEY_BYTES))


def _open(home: Path) -> Store:
    """Connect. On a full disk not even that works, so a kiosk that starts there gives its reserve up for it."""
    try:
        return _connect(home)
    except sqlite.DatabaseError as error:
        if not _is_of_disk(error):
            raise
        if not reserve.give_up(home):
            _require_writable(home)
            raise
    return _connect(home)


def _is_of_disk(error: sqlite.DatabaseError) -> bool:
    """Tell whether the store may be sound, and its disk not."""
    fault = fault_of(error)
    return fault is not None and fault.code in (Trouble.IO_ERROR, Trouble.DISK_FULL)


def _require_writable(home: Path) -> None:
    """Raise the `OSError` that says why nothing can be written here: of a failed write the database says only that it failed."""
    with TemporaryFile(dir=home, buffering=0) as probe:
        probe.write(bytes(_PROBE_BYTES))


def _connect(home: Path) -> Store:
    key = read_key(home / KEY_FILE)
    db = sqlite.connect(str(home / STORE_FILE), timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        for pragma in (
            "cipher_log_level=NONE",
            f"key=\"x'{key.hex()}'\"",
            "synchronous=FULL",
            "temp_store=MEMORY",
            "trusted_schema=OFF",
            "mmap_size=0",
        ):
            db.execute(f"PRAGMA {pragma}")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite.DatabaseError:
        db.close()
        raise
    return Store(home, db)


def _version(store: Store) -> int:
    done: int = store.db.execute("PRAGMA user_version").fetchone()[0]
    if done > len(STEPS):
        store.close()
        raise Stopped(Trouble.STORE_NEWER)
    return done


def is_demo_store(store: Store) -> bool:
    """Tell whether the store was made as a demo's. Nothing makes it one later, and nothing ends it."""
    return store.db.execute("SELECT 1 FROM meta WHERE name = 'demo'").fetchone() is not None


def _set_up(store: Store) -> None:
    """Bring the store to the newest shape. One process at a time does this; who comes second finds it done.

    Whether it is a demo's is decided in the transaction that makes it.
    """
    store.db.execute("PRAGMA journal_mode=WAL")
    for index in range(_version(store), len(STEPS)):
        with store.write() as db:
            for statement in STEPS[index]:
                db.execute(statement)
            if index == 0 and (store.home / MARK).is_file():
                db.execute("INSERT INTO meta VALUES ('demo', x'01')")
            db.execute(f"PRAGMA user_version={index + 1}")
    sync_folder(store.home)
