"""Commands as processes of their own, forked from one that has imported everything: half a second less each than starting Python.

    python -m tests.e2e.nursery SOCKET

listens there until its standard input ends. Each connection brings one command with the files for what it prints, and is
told how the command ended. Nothing but modules is shared: no thread, connection or file is open when it forks.
"""

import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

COMMANDS = ("server.cli", "kiosk.cli")
REQUEST_BYTES = 65_536


def main(path: str) -> None:
    """Serve until whoever started it is gone."""
    for package in COMMANDS:
        for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    with socket.socket(socket.AF_UNIX) as door, selectors.DefaultSelector() as ready:
        door.bind(path)
        door.listen()
        ready.register(door, selectors.EVENT_READ)
        ready.register(sys.stdin, selectors.EVENT_READ)
        _serve(door, ready)


def _serve(door: socket.socket, ready: selectors.BaseSelector) -> None:
    while True:
        for key, _ in ready.select():
            if key.fileobj is sys.stdin:
                return
            if key.fileobj is door:
                visitor, _address = door.accept()
                pidfd = os.pidfd_open(_start(visitor, door))
                ready.register(pidfd, selectors.EVENT_READ, visitor)
            else:
                ready.unregister(key.fileobj)
                _tell(key.fd, key.data)


def _start(visitor: socket.socket, door: socket.socket) -> int:
    """Fork the process of a command, and give its number."""
    child = os.fork()
    if child == 0:
        door.close()
        _become(visitor)
    return child


def _become(visitor: socket.socket) -> NoReturn:
    """Be the process of a command: its own group, environment and files."""
    wish, files, _flags, _address = socket.recv_fds(visitor, REQUEST_BYTES, 2)
    asked: dict[str, Any] = json.loads(wish)
    visitor.sendall(f"{os.getpid()}\n".encode())
    visitor.close()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    os._exit(_run(asked["module"], asked["arguments"]))


def _run(module: str, arguments: list[str]) -> int:
    """Run `python -m module …`, and give the status it ends with."""
    sys.argv = [module, *arguments]
    status: object = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ending:
        status = ending.code
    except BaseException:  # noqa: BLE001 # as the interpreter does with what nobody caught
        sys.excepthook(*sys.exc_info())
        status = 1
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    return status if isinstance(status, int) else int(status is not None)


def _tell(pidfd: int, visitor: socket.socket) -> None:
    """Bury a process, and tell how it ended: negative for a signal, as `subprocess` does."""
    ended = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
    os.close(pidfd)
    assert ended is not None
    by_itself = ended.si_code == os.CLD_EXITED
    with suppress(OSError), visitor:
        visitor.sendall(f"{ended.si_status if by_itself else -ended.si_status}\n".encode())


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.argv[1])
