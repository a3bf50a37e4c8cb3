"""One cluster for all test processes of a session: started by the first that needs it, gone with the last."""

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

WAIT_S = 90
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL. hold: an open pipe; the cluster ends when nobody holds it any more."""

    folder: Path
    hold: int

    def url(self, name: str) -> str:
        """Give the URL of a database, as `REDVEST_DATABASE_URL` takes it."""
        return f"postgresql://postgres@/{name}?host={self.folder}/socket"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database as a copy of another, and give its URL."""
        self.tell(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def tell(self, sql: str) -> None:
        """Run a statement that no transaction may hold."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())

    def close(self) -> None:
        """Let go."""
        os.close(self.hold)


def hold_cluster(session: Path) -> Cluster:
    """Start the cluster of this session (a folder that all its processes share), or join it.

    Raise `RuntimeError` if it does not start: a service that cannot be had is a failure, not a reason to skip.
    """
    shared = session / "postgresql"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        where = shared / "folder"
        if where.exists():
            folder = Path(where.read_text())
            hold = _take_hold(folder)
            if hold is not None:
                return Cluster(folder, hold)
        cluster = _start(shared / "lock")
        where.write_text(str(cluster.folder))
        return cluster


def _start(lock: Path) -> Cluster:
    folder = Path(tempfile.mkdtemp(prefix="redvest-pg-"))
    os.mkfifo(folder / "holders")
    command = [sys.executable, "-m", "tests.postgresql.supervise", str(folder), str(lock)]
    # In a session of its own, so that Ctrl-C is the test processes' alone.
    keeper = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + WAIT_S
    hold = None
    while not (folder / "ready").exists():
        hold = _take_hold(folder) if hold is None else hold
        failed = folder / "failed"
        if failed.exists() or keeper.poll() is not None or time.monotonic() > until:
            words = failed.read_text() if failed.exists() else "its keeper does not answer"
            if hold is not None:
                os.close(hold)
            raise RuntimeError(f"PostgreSQL did not start: {words}")
        time.sleep(0.02)
    if hold is None:
        raise RuntimeError("PostgreSQL started without waiting for its first holder")
    return Cluster(folder, hold)


def _take_hold(folder: Path) -> int | None:
    try:
        return os.open(folder / "holders", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody reads: its keeper has gone, or is not there yet
        return None
