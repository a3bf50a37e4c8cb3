"""A task with a stick, in a thread of its own with the store opened for it: it may take minutes, and the screen goes on."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.faults import fault_of
from schemas.vocabulary import Code

_log = structlog.get_logger("kiosk.carrying")
Work = Callable[[Kiosk], dict[str, Any]]


@dataclass(slots=True)
class Carrying:
    """One task at a time. kind: `export` or `accept`, "" before the first; part: the file that grows meanwhile."""

    open_kiosk: Callable[[], Kiosk]
    kind: str = ""
    is_running: bool = False
    result: dict[str, Any] | None = None
    problem: str = ""
    part: Path | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, kind: str, work: Work, part: Path | None) -> None:
        """Begin a task. Raise `Stopped(carrying)` while another one runs."""
        with self._turn:
            if self.is_running:
                raise Stopped(Trouble.CARRYING)
            self.kind, self.is_running, self.part = kind, True, part
            self.result, self.problem = None, ""
        threading.Thread(target=self._run, args=(work,), name="carrying", daemon=True).start()

    def told(self) -> dict[str, Any]:
        """Say how it stands. bytes: written so far."""
        return {
            "kind": self.kind,
            "is_running": self.is_running,
            "result": self.result,
            "problem": self.problem,
            "bytes": _size(self.part) if self.is_running else 0,
        }

    def _run(self, work: Work) -> None:
        try:
            kiosk = self.open_kiosk()
            try:
                self.result = work(kiosk)
            finally:
                kiosk.store.close()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whatever it is, the screen says so
            fault = fault_of(error)
            self.problem = fault.code if fault else str(Code.INTERNAL)
            if fault is None:
                where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]  # fmt: skip
                _log.error("internal", kind=type(error).__name__, where=where[-5:])
        finally:
            self.is_running = False


def _size(part: Path | None) -> int:
    try:
        return part.stat().st_size if part else 0
    except OSError:
        return 0
