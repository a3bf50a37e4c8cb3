"""What every part of the story works with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from demo.cast import Desk
from demo.centre import Centre
from demo.processes import Programs, Ran
from demo.tell import Teller


@dataclass(frozen=True, slots=True)
class Stage:
    """The programs, the server that comes and goes, who tells of it, and who comes where."""

    programs: Programs
    centre: Centre
    tell: Teller
    desks: tuple[Desk, ...]

    @property
    def badges(self) -> str:
        """The folder of the printed badges."""
        return str(self.programs.home / "badges")

    def at_each(self, task: Callable[[Desk], Ran]) -> list[Ran]:
        """Do something at every kiosk at once."""
        return self.programs.together([partial(task, desk) for desk in self.desks])

    def open_centre(self) -> None:
        """Start the server, and tell."""
        with self.tell.waiting("服务器启动…"):
            self.centre.start()
        self.tell.done(f"服务器已启动：{self.centre.url}", "the server is up")
