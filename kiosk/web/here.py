"""The kiosk that the screen shows: its store, opened once in each thread, and what is remembered between requests."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import sqlcipher3.dbapi2 as sqlite
from flask import current_app

from kiosk.app import Kiosk
from kiosk.lead.session import Leading
from kiosk.on_duty import OnDuty
from kiosk.standing import Standing
from kiosk.store import STORE_FILE
from kiosk.web.carrying import Carrying
from kiosk.worker import Worker

EXTENSION = "redvest-kiosk"


class Opened(threading.local):
    """What one thread has open. file: which file that was, by device and inode. Without slots: these would be shared."""

    kiosk: Kiosk | None = None
    file: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Here:
    """One kiosk, for as long as its screen runs. ports: those on which the page may be asked for.

    duty, standing: pictures kept between requests; whoever looks holds `turn`. leading: who leads at it now; carrying: what is
    done with a stick.
    """

    open_kiosk: Callable[[], Kiosk]
    worker: Worker
    ports: frozenset[int]
    duty: OnDuty = field(default_factory=OnDuty)
    standing: Standing = field(default_factory=Standing)
    turn: threading.Lock = field(default_factory=threading.Lock)
    leading: Leading = field(default_factory=Leading)
    carrying: Carrying = field(init=False)
    _opened: Opened = field(default_factory=Opened)

    def __post_init__(self) -> None:
        """Let what is done with sticks open the store as everything else does."""
        self.carrying = Carrying(self.open_kiosk)

    def kiosk(self) -> Kiosk:
        """Give the kiosk, opened in this thread; anew if its file is another one than before.

        A store that was put aside or replaced would otherwise be written on in a file that nobody finds again.
        """
        kept = self._opened
        if kept.kiosk is not None and _file(kept.kiosk) != kept.file:
            self.drop()
        if kept.kiosk is None:
            kept.kiosk = self.open_kiosk()
            kept.file = _file(kept.kiosk)
        return kept.kiosk

    def drop(self) -> None:
        """Close what this thread has open: after a fault of the store the next request begins anew."""
        kiosk, self._opened.kiosk = self._opened.kiosk, None
        if kiosk is not None:
            with suppress(sqlite.Error):
                kiosk.store.close()


def here() -> Here:
    """Give the kiosk of the request at hand."""
    return cast(Here, current_app.extensions[EXTENSION])


def _file(kiosk: Kiosk) -> tuple[int, int]:
    try:
        found = (kiosk.home / STORE_FILE).stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
