"""Sync in the background: when one is due it runs in a process of its own, the same command that people type.

A process of its own, so that its work never holds up a scan, its memory goes back, and one that hangs can be ended. When the
next one is due is in the store, and survives restarts; several kiosks that come back at once are spread by chance.
"""

import json
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from kiosk import device
from kiosk.app import Kiosk
from kiosk.backoff import WAIT_MS_MAX, wait_ms
from kiosk.device import SyncState
from kiosk.faults import fault_of
from kiosk.lead.names_key import are_awaited
from kiosk.limits import (
    RETRY_AFTER_MS_MAX,
    SYNC_IDLE_MS,
    SYNC_RUN_S_MAX,
    SYNC_SOON_MS,
    WORKER_LOOK_S,
)
from kiosk.neighbours.nearby import Nearby
from kiosk.standing import Standing

_log = structlog.get_logger("kiosk.worker")
_END_S = 5


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sync ended. status: of the command; code: of what went wrong, "" after a success; set_aside: batches.

    notice: what a person has to hear although it succeeded: `revoked`, `copied`, `partly` (set aside), `held` (not enrolled).
    neighbours: how calls of neighbours went, as the command says it.
    """

    status: int
    code: str
    pushed: int = 0
    pending: int = 0
    set_aside: int = 0
    notice: str = ""
    neighbours: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """What the screen may say. is_running: one is at work now; count: how many have ended since start; last: the last one."""

    is_running: bool
    count: int
    last: Ended | None


def is_due(sync: SyncState, *, now_ms: int, is_waiting: bool, spread_ms: int) -> bool:
    """Tell whether a sync is due. is_waiting: entries are; spread_ms: chance, so that kiosks do not come all at once.

    A clock that went back past the last try makes it due: what it left behind as a time means nothing now.
    """
    if now_ms < sync.attempt_ms:
        return True
    if sync.failures:
        longest_ms = RETRY_AFTER_MS_MAX + WAIT_MS_MAX
        return now_ms >= min(sync.next_try_ms, sync.attempt_ms + longest_ms)
    pause_ms = SYNC_SOON_MS if is_waiting else SYNC_IDLE_MS
    return now_ms >= sync.success_ms + pause_ms + spread_ms


@dataclass(slots=True)
class Worker:
    """The background of one screen. open_kiosk: opens the store, for this thread; command: what a sync is, as a process.

    tend: what else is looked after as often as it is looked whether a sync is due; it must not raise. nearby: what has to do
    with neighbours.
    """

    open_kiosk: Callable[[], Kiosk]
    command: list[str]
    environment: dict[str, str]
    chance: Callable[[int], bytes]
    tend: Callable[[], object] = lambda: None
    nearby: Nearby | None = None
    progress: Progress = Progress(False, 0, None)
    _standing: Standing = field(default_factory=Standing)
    _wake: threading.Event = field(default_factory=threading.Event)
    _is_asked: bool = False
    _is_stopping: bool = False
    _child: subprocess.Popen[bytes] | None = None
    _failures: int = 0
    _not_before_s: float = 0.0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Sync now, whatever the backoff."""
        self._is_asked = True
        self._wake.set()

    def wake(self) -> None:
        """Look at once what is due."""
        self._wake.set()

    def stop(self) -> None:
        """End what is running and look no more."""
        self._is_stopping = True
        self._wake.set()
        if self._child is not None:
            with suppress(OSError):
                self._child.terminate()
        if self._thread is not None:
            self._thread.join(_END_S)
        if self.nearby is not None:
            self.nearby.close()

    def _run(self) -> None:
        spread_ms, faulty_until_s = self._spread(), 0.0
        while not self._is_stopping:
            self.tend()
            try:
                if self._is_asked or time.monotonic() >= faulty_until_s:
                    spread_ms = self._look(spread_ms)
            except Exception as error:  # noqa: BLE001 - the background must outlive any fault; the screen shows the store's
                fault = fault_of(error)
                _log.warning("worker_fault", code=fault.code if fault else type(error).__name__)
                self._wait_longer()
                faulty_until_s = self._not_before_s
            self._wake.wait(WORKER_LOOK_S)
            self._wake.clear()

    def _look(self, spread_ms: int) -> int:
        """Do what is due; give the spread of the next sync."""
        kiosk = self.open_kiosk()
        if self.nearby is not None:
            self.nearby.tend(kiosk)
        if self._is_asked or self._should_run(kiosk, spread_ms):
            self._is_asked = False
            self.hold()
            return self._spread()
        if self.nearby is not None and self.nearby.is_due(kiosk):
            self._run_command(self.nearby.command())
        return spread_ms

    def _should_run(self, kiosk: Kiosk, spread_ms: int) -> bool:
        if time.monotonic() < self._not_before_s:
            return False
        sync = device.read_sync(kiosk.store.db)
        if device.read_enrolment(kiosk.store.db) is None:
            return False
        now_ms = kiosk.clock.read().wall_ms
        if not is_due(sync, now_ms=now_ms, is_waiting=True, spread_ms=spread_ms):
            return False
        found = self._standing.look(kiosk)
        is_waiting = (found.pending > 0 and not found.set_aside) or found.carried > 0
        is_waiting = is_waiting or are_awaited(kiosk.store.db, now_ms)
        return is_due(sync, now_ms=now_ms, is_waiting=is_waiting, spread_ms=spread_ms)

    def hold(self) -> None:
        """Run one sync to its end."""
        before = self.progress
        self.progress = Progress(True, before.count, before.last)
        try:
            ended = self._hold()
        except BaseException:
            self.progress = before
            raise
        if ended.status in (0, 3):
            self._failures, self._not_before_s = 0, 0.0
        else:
            self._wait_longer()
        self.progress = Progress(False, before.count + 1, ended)

    def _hold(self) -> Ended:
        found = [] if self.nearby is None else self.nearby.found()
        named = [word for address in found for word in ("--neighbour", address)]
        ended = read_ended(*self._run_command([*self.command, *named]))
        if self.nearby is not None:
            self.nearby.called()
        return ended

    def _run_command(self, command: list[str]) -> tuple[int, bytes]:
        with subprocess.Popen(  # noqa: S603 - our own command; of what is from outside only checked addresses
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=self.environment
        ) as child:
            self._child = child
            try:
                out, _ = child.communicate(timeout=SYNC_RUN_S_MAX)
            except subprocess.TimeoutExpired:
                child.kill()
                out, _ = child.communicate()
            finally:
                self._child = None
        return child.returncode, out

    def _wait_longer(self) -> None:
        """Hold back within this process too, in case the store cannot keep when to try again."""
        pause_ms = wait_ms(self._failures, chance=self.chance(8))
        self._failures += 1
        self._not_before_s = time.monotonic() + pause_ms / 1000

    def _spread(self) -> int:
        return int.from_bytes(self.chance(2)) * (SYNC_SOON_MS // 4) // 65_536


def read_ended(exit_status: int, out: bytes) -> Ended:
    """Read what the command printed; a process that was ended printed nothing."""
    try:
        data: Any = json.loads(out)
    except ValueError:
        return Ended(exit_status or 1, "interrupted")
    error, near = data.get("error"), tuple(data.get("neighbours", ()))
    if error is not None:
        return Ended(exit_status, str(error["code"]), neighbours=near)
    aside = len(data["set_aside"])
    return Ended(exit_status, "", data["pushed"], data["pending"], aside, _notice(data), near)


def _notice(data: Any) -> str:
    """Name the gravest thing that a sync that succeeded has to tell."""
    found = {
        "revoked": data["revoked"],
        "copied": data["diverged_at"] is not None,
        "partly": bool(data["set_aside"]),
        "held": not data["enrolled"],
    }
    return next((name for name, is_so in found.items() if is_so), "")
