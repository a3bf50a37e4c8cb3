"""Connections. On SQLite facts and derived tables are two files, so that deriving never waits for ingest or the other way.

Two kinds of engine: `facts` writes facts (each transaction begins immediate on SQLite: one writer, no late lock errors), and
`derived` writes the schema `derived` and only reads facts. On PostgreSQL both are one database.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, text

from server.kept import view

_FACTS_FILE = "redvest.db"
_DERIVED_FILE = "derived.db"
BUSY_MS = 30_000
"""How long a writer waits for another before it gives up."""
CONNECT_S = 5
"""How long PostgreSQL may take to answer a new connection."""
_POOL, _POOL_MORE = 5, 15
"""Connections of a process to PostgreSQL that stay open, and how many more there may be: one for each thread."""
_ONE_DERIVES = text("LOCK TABLE derived.person_done IN SHARE ROW EXCLUSIVE MODE")
_NEVER_IDLE = text("SET LOCAL idle_in_transaction_session_timeout = 0")


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines of a server, and which database they speak to."""

    facts: Engine
    derived: Engine
    home: Path
    writer: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.facts.dialect.name == "sqlite"

    def trace(self) -> tuple[int, int]:
        """Give what is another after facts were written, at the cost of a look at a file; on PostgreSQL always the same."""
        try:
            found = (self.home / f"{_FACTS_FILE}-wal").stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    @contextmanager
    def write_facts(self) -> Iterator[Connection]:
        """Open one transaction that appends facts or reference data."""
        if not self.is_sqlite:
            with self.facts.begin() as connection:
                yield connection
            return
        # Threads of one process take turns here: SQLite's own waiting sleeps, and longer each time.
        with self.writer, self.facts.begin() as connection:
            yield connection

    @contextmanager
    def write_derived(self) -> Iterator[Connection]:
        """Open one transaction that reads facts, all as they are at its start, and writes derived tables."""
        with self._snapshot() as connection:
            if not self.is_sqlite:
                # Whoever else derives waits here. It must be the first statement: the next one fixes what is seen.
                connection.execute(_ONE_DERIVES)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent view of facts and derived tables; nothing is written."""
        with self._snapshot() as connection, view(connection):
            yield connection

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with self.derived.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Be the only process that does this (deriving, say), waiting for another that does."""
        if self.is_sqlite:
            with (self.home / f"{name}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
            return
        # A lock of the session would stay behind on some connection of PgBouncer's; one of a transaction cannot.
        with self.facts.begin() as connection:
            connection.execute(_NEVER_IDLE)
            number = int.from_bytes(sha256(name.encode()).digest()[:4], "big")
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
            yield

    @contextmanager
    def exclusive_if_free(self, name: str) -> Iterator[bool]:
        """Be the only process that does this, if nobody else does it now; tell whether so."""
        if self.is_sqlite:
            with (self.home / f"{name}.lock").open("a") as lock:
                yield _took(lock)
            return
        with self.facts.begin() as connection:
            connection.execute(_NEVER_IDLE)
            number = int.from_bytes(sha256(name.encode()).digest()[:4], "big")
            taken = text("SELECT pg_try_advisory_xact_lock(:number)")
            yield bool(connection.scalar(taken, {"number": number}))

    def close(self) -> None:
        """Give all connections back."""
        self.facts.dispose()
        self.derived.dispose()


def _took(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_database(home: Path, url: str = "") -> Database:
    """Open the database of a home, or the PostgreSQL database that `url` names."""
    if url:
        engine = _postgresql(url)
        return Database(engine, engine, home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Database(
        _sqlite(home / _FACTS_FILE, begin="BEGIN IMMEDIATE", attach=None),
        _sqlite(home / _FACTS_FILE, begin="BEGIN", attach=home / _DERIVED_FILE),
        home,
    )


def _postgresql(url: str) -> Engine:
    url = url.replace("postgres://", "postgresql://", 1)
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # psycopg prepares statements by itself; behind PgBouncer's transaction pooling that breaks.
    return create_engine(
        url,
        hide_parameters=True,
        connect_args={"prepare_threshold": None, "connect_timeout": CONNECT_S},
        pool_pre_ping=True,
        pool_size=_POOL,
        max_overflow=_POOL_MORE,
    )


def _sqlite(file: Path, *, begin: str, attach: Path | None) -> Engine:
    engine = create_engine(
        f"sqlite:///{file}",
        module=sqlite,
        hide_parameters=True,
        connect_args={"timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's `begin` below decides, not the driver
        cursor = connection.cursor()
        if attach is not None:
            cursor.execute("ATTACH DATABASE ? AS derived", (str(attach),))
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=8000",
            "cache_size=-32768",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if attach is not None:
            cursor.execute("PRAGMA derived.journal_mode=WAL")
            cursor.execute(
                "PRAGMA derived.synchronous=NORMAL"
            )  # can be rebuilt; carries its own watermark
            cursor.execute("PRAGMA derived.wal_autocheckpoint=20000")
            cursor.execute("PRAGMA derived.cache_size=-65536")
        # This SQLite is built to sort in memory, all of it: a report of two million rows would hold every one.
        cursor.execute("PRAGMA temp_store=FILE")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
