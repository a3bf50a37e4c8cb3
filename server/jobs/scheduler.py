"""The scheduler process: keeps derived tables current, and ends when the server beside it has gone."""

import os
import signal
import threading

import structlog
from sqlalchemy.exc import OperationalError

from server.books.derive import drain
from server.services import Services

PAUSE_S = 0.1
"""How long it rests when nothing is to be done."""

_log = structlog.get_logger()


def keep_current(services: Services, parent: int) -> None:
    """Derive what changed, again and again, until SIGTERM, SIGINT or the end of this parent process."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set() and os.getppid() == parent:
        if not _derive(services):
            stop.wait(PAUSE_S)


def _derive(services: Services) -> bool:
    """Derive once; tell whether there was anything to do. A busy database is tried again."""
    try:
        done = drain(
            services.database,
            services.signer.keys.identity_public,
            settled_at=services.signer.clock.wall_ms(),
        )
    except OperationalError as error:
        _log.warning("derive_later", error=type(error).__name__)
        return False
    return bool(done.logs or done.people)
