"""What every part of the story works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from demo.cast import COPY, Desk, Scene
from demo.centre import Centre
from demo.hands import Hands
from demo.processes import Programs, Ran
from demo.tell import Teller

PARTLY = 3
"""How a sync ends that noticed a copied kiosk."""


@dataclass(slots=True)
class Tally:
    """What the story counts on its way, each from an answer of a command."""

    waiting: int = 0
    copied: int = 0
    by_stick: int = 0
    again: int = 0
    again_new: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """The programs, the server that comes and goes, the clock, who tells of it, who comes where, and what is left out.

    to_month_end: goes on to the first of September.
    """

    programs: Programs
    centre: Centre
    hands: Hands
    tell: Teller
    desks: tuple[Desk, ...]
    without: frozenset[Scene] = frozenset()
    to_month_end: bool = False
    tally: Tally = field(default_factory=Tally)

    @property
    def home(self) -> Path:
        """The folder of it all."""
        return self.programs.home

    @property
    def kiosks(self) -> list[str]:
        """The folders of all kiosks, the copy last."""
        copies = [COPY] if self.plays(Scene.COPIED) else []
        return [desk.kiosk for desk in self.desks] + copies

    def syncs(self) -> list[Callable[[], Ran]]:
        """Give the syncs of all kiosks, to be done in any order; a copy may be noticed."""
        return [
            partial(self.programs.kiosk, kiosk, "sync", ends=(0, PARTLY)) for kiosk in self.kiosks
        ]

    def plays(self, scene: Scene) -> bool:
        """Tell whether a scene is played."""
        return scene not in self.without

    def badge(self, number: str) -> str:
        """Give the file of a printed badge."""
        return str(self.home / "badges" / f"{number}.png")

    def at_each(self, task: Callable[[Desk], Ran]) -> list[Ran]:
        """Do something at every kiosk at once."""
        return self.programs.together([partial(task, desk) for desk in self.desks])

    def open_centre(self) -> None:
        """Start the server, and tell."""
        with self.tell.waiting("服务器启动…"):
            self.centre.start()
        self.tell.done(f"服务器已启动：{self.centre.url}", "the server is up")
