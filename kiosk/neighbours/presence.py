"""Be there for neighbours while the screen runs: listen, and announce this kiosk, as long as the setting says so.

Looked after by the background of the screen, once a second; must never raise there, nor hold up a scan.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from kiosk.app import Kiosk
from kiosk.neighbours import EVERYWHERE
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.me import Me, read_me
from kiosk.neighbours.met import Met, read_met, write_met
from kiosk.neighbours.porch import Given, Porch
from kiosk.neighbours.setting import Setting, read_setting
from kiosk.neighbours.stage import read_staged

if TYPE_CHECKING:
    from kiosk.neighbours.found import Finder

_AGAIN_S = 30.0
_log = structlog.get_logger("kiosk.neighbours")


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class Presence:
    """What runs for neighbours. on_kept: called by the listener when it has kept something.

    problem: the code of why nobody can be met, "" if all is well: `port_taken`, or `not_announced` (only typed addresses work).
    """

    chance: Callable[[int], bytes]
    on_kept: Callable[[], None] = lambda: None
    problem: str = ""
    _setting: Setting = field(default_factory=Setting)
    _me: Me | None = None
    _listener: Listener | None = None
    _finder: "Finder | None" = None
    _not_before_s: float = 0.0

    def tend(self, kiosk: Kiosk) -> None:
        """See that what runs is what the setting says, and write down who called."""
        setting, me = read_setting(kiosk.store.db), read_me(kiosk)
        where, here = (setting.is_on, setting.host, setting.port), self._where()
        if where != here or me is None or (self._me is not None and me.log != self._me.log):
            self.close()
        self._setting, self._me = setting, me
        if setting.is_on and me is not None and time.monotonic() >= self._not_before_s:
            self._listen(me)
            self._announce(me)
        if self._listener is not None:
            self._listener.porch.me = me
            _note_calls(kiosk, self._listener.porch)

    def found(self) -> list[str]:
        """Give the addresses of neighbours that announce themselves."""
        return self._finder.found() if self._finder is not None else []

    def close(self) -> None:
        """End what runs."""
        listener, finder = self._listener, self._finder
        self._listener = self._finder = None
        self.problem, self._not_before_s = "", 0.0
        if listener is not None:
            listener.stop()
        if finder is not None:
            finder.close()

    def _where(self) -> tuple[bool, str, int]:
        return self._setting.is_on, self._setting.host, self._setting.port

    def _listen(self, me: Me) -> None:
        if self._listener is not None:
            return
        porch = Porch(_now_ms, self.chance, me, on_kept=self.on_kept)
        try:
            listener = Listener(self._setting.host, self._setting.port, porch, me.home)
        except OSError as error:
            self._put_off("port_taken", error)
            return
        listener.start()
        self._listener, self.problem = listener, ""

    def _announce(self, me: Me) -> None:
        """Announce this kiosk anew wherever it has got other addresses. Without a network there is nothing to announce."""
        if self._listener is None:
            return
        from kiosk.neighbours.found import Finder, own_addresses  # large, and for this alone

        self._not_before_s = time.monotonic() + _AGAIN_S
        addresses = own_addresses() if self._setting.host == EVERYWHERE else [self._setting.host]
        if self._finder is not None:
            if self._finder.addresses == addresses:
                return
            self._finder.close()
            self._finder = None
        if not addresses:
            return
        try:
            self._finder = Finder(me, self._setting.host, self._listener.port)
            self.problem = ""
        except Exception as error:  # noqa: BLE001 - whatever the network or the library makes of it: typed addresses go on
            self._put_off("not_announced", error)

    def _put_off(self, problem: str, error: Exception) -> None:
        if self.problem != problem:
            _log.warning("neighbours_problem", problem=problem, kind=type(error).__name__)
        self.problem, self._not_before_s = problem, time.monotonic() + _AGAIN_S


def _note_calls(kiosk: Kiosk, porch: Porch) -> None:
    """Write down who called, and who took our own bundle: they keep what is in it."""
    calls: list[Given] = []
    while porch.called:
        calls.append(porch.called.popleft())
    if not calls:
        return
    now_ms = kiosk.clock.read().wall_ms
    with kiosk.store.write() as db:
        staged = read_staged(db)
        for call in calls:
            before = next((one for one in read_met(db) if one.log == call.log), None)
            has_it = call.digest != b"" and call.digest == staged.digest
            given = staged.ranges if has_it else (before.given if before else {})
            address = before.address if before else call.address
            tried_ms = before.tried_ms if before else 0
            met = Met(address, call.log, call.site, tried_ms, now_ms, "", given)
            write_met(db, [met])
