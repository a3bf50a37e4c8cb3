"""The scheduler process: keeps derived tables current, and ends when the server beside it has gone."""

import os
import signal
import threading

import structlog
from sqlalchemy.exc import OperationalError

from server.books.derive import drain
from server.services import Services

PAUSE_S = 0.3
"""How long it rests when nothing is to be done."""

BUSY_PAUSE_S, BUSY_TURNS = 0.03, 100
"""How long, and how often, just after there was something: the rest of it is on its way."""

_log = structlog.get_logger()


def keep_current(services: Services, parent: int) -> None:
    """Derive what changed, again and again, until SIGTERM, SIGINT or the end of this parent process."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    turns = 0
    while not stop.is_set() and os.getppid() == parent:
        turns = BUSY_TURNS if _derive(services) else max(turns - 1, 0)
        if turns < BUSY_TURNS:
            stop.wait(BUSY_PAUSE_S if turns else PAUSE_S)


def _derive(services: Services) -> bool:
    """Derive once; tell whether there was anything to do. Whatever goes wrong is said, and tried again."""
    try:
        done = drain(
            services.database,
            services.signer.keys.identity_public,
            settled_at=services.signer.clock.wall_ms(),
        )
    except OperationalError as error:  # busy, or away
        _log.warning("derive_later", error=type(error).__name__)
        return False
    except Exception as error:  # noqa: BLE001 # it must not end: nobody would see that hours stand still
        _log.error("derive_failed", error=type(error).__name__, exc_info=error)
        return False
    return bool(done.logs or done.people)
