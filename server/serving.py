"""Serving with gunicorn, and the scheduler as a process of its own beside it.

On SQLite one worker process with threads: one writer, and no deriving in it, because a busy Python thread beside
`executemany` makes both crawl. On PostgreSQL two worker processes.
"""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from server.config import Config
from server.home_lock import serving

THREADS = 16
GRACE_S = 5
"""How long requests under way may take to finish after SIGTERM."""

_MEMORY = Path("/dev/shm")  # noqa: S108 # only gunicorn's own nameless file
"""Where a worker shows that it is alive, at every request: on a disk that costs a twentieth of all work."""


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn with settings from here, not from a file."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from server import create_app

        app = create_app()
        rest_collector()
        return app


def rest_collector() -> None:
    """Take what an application is made of, which stays, out of every later search for garbage."""
    gc.collect()
    gc.freeze()


def serve(config: Config, host: str, port: int, *, with_scheduler: bool) -> None:
    """Serve until SIGTERM or SIGINT (then raise KeyboardInterrupt); the scheduler ends, too."""
    children: list[subprocess.Popen[bytes]] = []
    signals: list[int] = []

    def start(_server: object) -> None:
        if with_scheduler:
            command = [sys.executable, "-m", "server", "scheduler", "--parent", str(os.getpid())]
            children.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))  # noqa: S603 # ourselves
        heard = signal.getsignal(signal.SIGINT)

        def interrupted(number: int, frame: Any) -> None:
            signals.append(number)
            if callable(heard):
                heard(number, frame)

        signal.signal(signal.SIGINT, interrupted)

    def stop(_server: object) -> None:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                child.kill()

    settings = {
        "bind": f"{host}:{port}",
        "workers": 2 if config.database_url else 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": GRACE_S,
        "timeout": 60,
        "keepalive": 15,
        "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
        "loglevel": config.log_level.lower(),
        "when_ready": start,
        "on_exit": stop,
        "control_socket_disable": True,
    }
    ours = os.getpid()
    try:
        with serving(config.home):
            _Server(settings).run()
    except SystemExit as ended:  # gunicorn ends the process; the command ends it with its own words
        if ended.code or os.getpid() != ours:  # a worker, which was forked here, just ends
            raise
    if signals:
        raise KeyboardInterrupt
