"""The process that keeps a cluster: `python -m tests.postgresql.supervise FOLDER LOCK`.

It ends PostgreSQL and removes the folder once nobody holds the pipe `holders` open any more: when the last test process has
gone, in whatever way it went.
"""

import contextlib
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.postgresql.binaries import NOBODY, as_user, system_binaries, wheel_binaries

START_S = 60
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",  # for tests alone: nothing here outlives them
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def main(folder: Path, lock: Path) -> None:
    """Keep a cluster in this folder until its last holder has gone."""
    holders = os.open(folder / "holders", os.O_RDONLY)  # waits for the first
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    server = None
    try:
        try:
            server = start(folder)
            (folder / "ready").touch()
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            (folder / "failed").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
        while not _are_gone(holders, lock):
            select.select([holders], [], [])
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _are_gone(holders: int, lock: Path) -> bool:
    """Tell whether nobody holds the cluster. Under the lock, so that nobody takes hold of it just now."""
    with contextlib.suppress(FileNotFoundError), lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        poll = select.poll()
        poll.register(holders, select.POLLIN)
        gone = any(event & select.POLLHUP for _, event in poll.poll(0))
        if gone:
            (lock.parent / "folder").unlink(missing_ok=True)
        return gone
    return True  # the folder of the session is not there any more


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """Make a cluster and start it. Raise `RuntimeError` with the server's words if it does not start."""
    programs = system_binaries() or wheel_binaries(folder / "programs")
    data, sockets = folder / "data", folder / "socket"
    for made in (data, sockets):
        made.mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        for made in (data, sockets):
            os.chown(made, NOBODY, NOBODY)
    _make(programs / "initdb", data)
    settings = [f"--{name}={value}" for name, value in OPTIONS.items()]
    with (folder / "words").open("wb") as words:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", sockets, *settings],
            **_how(),
            stdout=words,
            stderr=words,
        )
    until = time.monotonic() + START_S
    told = data / "postmaster.pid"
    while not told.exists() or "ready" not in told.read_text(errors="replace"):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError((folder / "words").read_text(errors="replace")[-2_000:])
        time.sleep(0.02)
    return server


def _make(initdb: Path, data: Path) -> None:
    """Make a cluster whose order of text is not that of code points, where the programs can do that."""
    common = [
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        "--locale=C",
    ]
    icu = subprocess.run(
        [initdb, *common, "--locale-provider=icu", "--icu-locale=zh"], **_how(), capture_output=True
    )
    if icu.returncode:
        plain = subprocess.run([initdb, *common], **_how(), capture_output=True, text=True)
        if plain.returncode:
            raise RuntimeError(plain.stderr[-2_000:])


def _how() -> dict[str, object]:
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
    return {"cwd": "/", "env": {**environment, "TZ": "UTC"}, **as_user()}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
