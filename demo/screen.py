"""The screen of one kiosk, running as a process until the story's reader has seen enough."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from demo.centre import STOP_S_MAX, free_port
from demo.forked import ROOT
from demo.processes import Failed, environment

START_S_MAX = 60
_PAUSE_S = 0.1


@dataclass(slots=True)
class Screen:
    """`python -m kiosk run` on a free port, as a context."""

    home: Path
    kiosk: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is; the browser has to be on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Screen":
        """Start it, and wait until it answers. It has a session of its own: Ctrl-C is for us to pass on."""
        words = [sys.executable, "-m", "kiosk", "run", "--port", str(self.port)]
        log = self.home / "screen.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                words,
                cwd=ROOT,
                env=environment({"REDVEST_KIOSK_HOME": str(self.home / self.kiosk)}),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S_MAX
        while not self._answers():
            status = self._process.poll()
            if status is not None or time.monotonic() > deadline:
                self.stop()
                raise Failed(words, status or -1, log.read_text(errors="replace"))
            time.sleep(_PAUSE_S)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """Stop it as an operator would; what does not end in time is ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self) -> bool:
        try:
            with urlopen(self.url, timeout=5) as reply:  # noqa: S310 # our own address, on this machine
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False
