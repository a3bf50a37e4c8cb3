"""The centre's server as a process that comes and goes: the network of the story."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType

from demo.forked import ROOT
from demo.processes import Failed, environment

START_S_MAX = 60
STOP_S_MAX = 15
_HOST = "127.0.0.1"
_PAUSE_S = 0.1


@dataclass(slots=True)
class Centre:
    """A server on a free port of this machine. As a context, it is surely stopped at the end."""

    home: Path
    with_scheduler: bool = True
    port: int = field(default_factory=lambda: free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is, when it is there."""
        return f"http://{_HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What it writes about itself."""
        return self.home / "server.log"

    def start(self) -> None:
        """Start it, and wait until it answers. It has a session of its own: Ctrl-C is for us to pass on."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._words[1:]],
                cwd=ROOT,
                env=environment({"REDVEST_HOME": str(self.home / "server")}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S_MAX
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise self._failed()
            time.sleep(_PAUSE_S)

    def stop(self) -> None:
        """Stop it as an operator would; whatever does not end in time is ended with all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def watch(self) -> None:
        """Wait until it ends by itself, which it never should. Raise `Failed`."""
        if self._process is not None:
            self._process.wait()
        raise self._failed()

    def __enter__(self) -> "Centre":
        """Use as a context."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop; a second Ctrl-C must not leave the server behind."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.stop()

    @property
    def _words(self) -> tuple[str, ...]:
        alone = () if self.with_scheduler else ("--no-scheduler",)
        where = ("--host", _HOST, "--port", str(self.port))
        return ("python", "-m", "server", "run", *where, *alone)

    def _is_ready(self) -> bool:
        connection = HTTPConnection(_HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _failed(self) -> Failed:
        status = self._process.poll() if self._process else None
        said = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return Failed(self._words, -1 if status is None else status, said)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
