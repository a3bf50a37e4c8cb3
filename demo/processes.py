"""The real programs as real processes, as a person at a terminal would start them; what they answer is their JSON.

Must never leave a process behind.
"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import NoReturn, TypeVar

from demo.forked import run_forked
from sync.demo import BANNER

T = TypeVar("T")
Start = Callable[[Sequence[str], Mapping[str, str]], "subprocess.CompletedProcess[str]"]
_SHOWN_CHARS = 2_000


class Failed(Exception):
    """A command did not end as the story needs: which one, how, and what it said."""

    def __init__(self, command: Sequence[str], status: int, output: str) -> None:
        """Say it in words for a person."""
        told = " ".join(command)
        super().__init__(f"{told}\n结束状态 / exit {status}\n{output.strip()[-_SHOWN_CHARS:]}")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended as it should, and its answer."""

    command: tuple[str, ...]
    status: int
    answer: object

    def number(self, name: str) -> int:
        """Give a whole number of the answer."""
        value = self._field(name)
        return value if isinstance(value, int) else self._unexpected(name)

    def is_so(self, name: str) -> bool:
        """Give a yes or no of the answer."""
        value = self._field(name)
        return value if isinstance(value, bool) else self._unexpected(name)

    def word(self, name: str) -> str:
        """Give a text of the answer."""
        value = self._field(name)
        return value if isinstance(value, str) else self._unexpected(name)

    def rows(self, name: str = "") -> list[Mapping[str, object]]:
        """Give a list of objects: of this name, or the whole answer."""
        value = self._field(name) if name else self.answer
        return value if isinstance(value, list) else self._unexpected(name)

    def _field(self, name: str) -> object:
        return self.answer.get(name) if isinstance(self.answer, dict) else None

    def _unexpected(self, name: str) -> NoReturn:
        raise Failed(self.command, self.status, f"{name}?\n{self.answer}")


@dataclass(frozen=True, slots=True)
class Programs:
    """Runs `python -m server` and `python -m kiosk`, each in its home below one folder. start: how a process is run."""

    home: Path
    start: Start = run_forked
    stopping: Event = field(default_factory=Event)

    def server(self, *arguments: str) -> Ran:
        """Run a command of the centre."""
        return self._run(["server", *arguments], {"REDVEST_HOME": str(self.home / "server")}, (0,))

    def kiosk(self, name: str, *arguments: str, ends: Sequence[int] = (0,)) -> Ran:
        """Run a command of one kiosk. ends: how it may end."""
        return self._run(["kiosk", *arguments], self.settings(name), ends)

    def settings(self, kiosk: str) -> dict[str, str]:
        """Give the settings of one kiosk."""
        return {"REDVEST_KIOSK_HOME": str(self.home / kiosk)}

    def together(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """Do several things at once; when one fails, the others stop at their next command."""
        with ThreadPoolExecutor(len(tasks)) as pool:
            futures = [pool.submit(task) for task in tasks]
            try:
                return [future.result() for future in futures]
            except BaseException:
                self.stopping.set()
                raise

    def _run(self, words: list[str], settings: Mapping[str, str], ends: Sequence[int]) -> Ran:
        command = ("python", "-m", *words, "--json")
        if self.stopping.is_set():
            raise Failed(command, 130, "已停止 / stopped")
        try:
            done = self.start(command, environment(settings))
        except subprocess.TimeoutExpired as error:
            raise Failed(command, -1, f"超过 / over {error.timeout:.0f} s") from error
        if done.returncode not in ends:
            raise Failed(command, done.returncode, done.stderr + done.stdout)
        if BANNER not in done.stderr:
            raise Failed(command, done.returncode, f"not a demo?\n{done.stderr}")
        try:
            return Ran(command, done.returncode, json.loads(done.stdout))
        except ValueError as error:
            raise Failed(command, done.returncode, done.stdout) from error


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a program: the user's own settings of Red Vest have no part in the demo."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REDVEST_")}
    return {**kept, "PYTHONUTF8": "1", **settings}
