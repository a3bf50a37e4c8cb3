"""Real processes of the centre and of kiosks, each with a home of its own, waited for on conditions, within bounds."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from demo.forked import ROOT, run_forked

START_S, POLL_S = 60, 0.02


class Ran(NamedTuple):
    """How a command ended, and what it printed as JSON on standard output."""

    status: int
    data: Any
    err: str


def environment(**settings: object) -> dict[str, str]:
    """Give the environment without any setting of ours but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REDVEST_")}
    return kept | {name: str(value) for name, value in settings.items()}


def wait_until(holds: Callable[[], bool], seconds: float = START_S) -> None:
    """Wait until something holds; fail if it does not within the bound."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(POLL_S)


def run(module: str, settings: dict[str, object], *arguments: str) -> Ran:
    """Run a command to its end, as a process of its own; its standard output must be one JSON text, or nothing."""
    ran = run_forked([sys.executable, "-m", module, *arguments, "--json"], environment(**settings))
    return Ran(ran.returncode, json.loads(ran.stdout) if ran.stdout else None, ran.stderr)


class Centre:
    """The central server of a home, which can be started, stopped and killed. database: a URL; "" for SQLite in the home."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.settings: dict[str, object] = {"REDVEST_HOME": home, "REDVEST_LOG_LEVEL": "ERROR"}
        if database:
            self.settings["REDVEST_DATABASE_URL"] = database
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> Ran:
        """Run a command of the centre."""
        return run("server", self.settings, *arguments)

    def start(self, *options: str) -> None:
        """Serve, and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "run", "--port", str(self.port), *options],
            cwd=ROOT,
            env=environment(**self.settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(self.is_ready)

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310 # loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def children(self) -> list[int]:
        """Give the processes that it started: the worker and the scheduler."""
        process = self._running()
        tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
        return [int(number) for task in tasks for number in task.read_text().split()]

    def kill(self) -> None:
        """Kill its main process, as a machine that is out of memory does, and wait until the others have noticed."""
        children, process = self.children(), self._running()
        process.kill()
        process.wait(10)
        self.process = None
        wait_until(lambda: not any(map(is_alive, children)), 15)

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10) -> int:
        """End it by a signal within so many seconds, its children too; give its exit status."""
        children = self.children()
        process = self._running()
        process.send_signal(number)
        status = process.wait(seconds)
        wait_until(lambda: not any(map(is_alive, children)), 10)
        self.process = None
        return status

    def close(self) -> None:
        """Leave nothing running."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # the session that `start` made
            self.process.wait(10)

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise AssertionError("not started")
        return self.process


class Kiosk:
    """A kiosk's home and its commands."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def command(self, *arguments: str) -> Ran:
        """Run a command of the kiosk."""
        return run("kiosk", {"REDVEST_KIOSK_HOME": self.home}, *arguments)

    def done(self, *arguments: str) -> Any:
        """Run a command that must succeed, and give its data."""
        ran = self.command(*arguments)
        assert ran.status == 0, (arguments, ran)
        return ran.data


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    """Find a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
