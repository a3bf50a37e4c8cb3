"""Serve the screen on loopback until a signal comes, with the sync in the background beside it."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import waitress

from kiosk.app import Kiosk, open_kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.limits import SCREEN_BODY_BYTES_MAX, SCREEN_THREADS
from kiosk.neighbours.nearby import Nearby
from kiosk.neighbours.presence import Presence
from kiosk.reserve import keep
from kiosk.web import create_app, sync_environment
from kiosk.web.here import Here
from kiosk.worker import Worker

HOST = "127.0.0.1"


def serve(home: Path, port: int, *, ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. port: 0 for any; ready: is told the one that it became.

    Raise `Stopped(port_taken)`. A store that cannot be opened does not stop this: the screen says so, and tries again.
    """
    listener = _listen(port)
    here = _here(home, listener.getsockname()[1])
    server = waitress.create_server(
        create_app(here),
        sockets=[listener],
        threads=SCREEN_THREADS,
        ident=None,
        max_request_body_size=SCREEN_BODY_BYTES_MAX,
        clear_untrusted_proxy_headers=True,
    )
    caught: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        raise SystemExit

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    here.worker.start()
    ready(listener.getsockname()[1])
    try:
        server.run()  # which takes `SystemExit` for its end, after the requests at hand
    finally:
        here.worker.stop()
        server.close()
    if signal.SIGINT in caught:
        raise KeyboardInterrupt


def _here(home: Path, port: int) -> Here:
    def open_here() -> Kiosk:
        return open_kiosk(home)

    command = [sys.executable, "-m", "kiosk", "sync", "--json"]
    worker = Worker(open_here, command, sync_environment(home), os.urandom, partial(keep, home))
    calls = [sys.executable, "-m", "kiosk", "neighbours", "call", "--json"]
    worker.nearby = Nearby(Presence(os.urandom, on_kept=worker.wake), calls)
    return Here(open_here, worker, frozenset({port}))


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise Stopped(Trouble.PORT_TAKEN, str(port)) from error
    return listener
