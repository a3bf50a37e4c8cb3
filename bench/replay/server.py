"""Start the server of a replay in a process of its own, and end it."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.commands import environment
from bench.replay.deliver import NotTaken

START_S = 30
END_S = 15


@contextmanager
def running(home: Path, now_ms: int) -> Iterator[int]:
    """Run a server over a home, whose clock shows `now_ms` first. Give its port. Raise `NotTaken` where it does not start."""
    port = _free_port()
    command = [sys.executable, "-m", "bench.replay.serve", str(home), str(port), str(now_ms)]
    server = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(server, port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(END_S)
        except subprocess.TimeoutExpired:
            server.kill()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/readyz")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise NotTaken("the server did not start")
