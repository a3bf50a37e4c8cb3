"""The server of a replay: the real application over a real home, by a clock that starts when the replayed time ends.

`python -m bench.replay.serve HOME PORT NOW_MS`. The clock is an argument of the application; no setting of the shipped
command can bring another.
"""

import sys
import time
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from server import create_app
from server.clock import Clock, system_clock
from server.config import Config
from server.services import open_services

THREADS = 16


def clock_from(start_ms: int) -> Clock:
    """Give a clock that shows `start_ms` now, and goes on from there."""
    real = system_clock()
    lead = start_ms - time.time_ns() // 1_000_000
    return Clock(lambda: time.time_ns() // 1_000_000 + lead, real.mono_ms, real.boot)


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    def __init__(self, home: Path, port: int, start_ms: int) -> None:
        self.home, self.port, self.start_ms = home, port, start_ms
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"127.0.0.1:{self.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "keepalive": 15,
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        config = Config(self.home, log_level="WARNING")
        return create_app(open_services(config, clock_from(self.start_ms)))


if __name__ == "__main__":
    _Server(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).run()
