"""A kiosk of a demo: marked for good when its store is made, and from then on told the time by the demo's clock alone.

The file `demo-home.json` is put into a folder that is still empty; making the store writes it down inside. In a home whose
store was made without it, the file means nothing; a demo's store without it does not open. No setting switches this.
"""

import os
from pathlib import Path

from kiosk import machine
from kiosk.clock import Reading
from kiosk.errors import Stopped
from schemas.vocabulary import Code
from sync import demo


class SharedClock:
    """The demo's clock as this home sees it. Its file is read each time, so that all processes see it move at once."""

    kind = demo.KIND

    def __init__(self, home: Path) -> None:
        """Find the clock by the home's mark. Raise `Stopped(demo_only)` if that was taken away."""
        if not is_marked(home):
            raise Stopped(Code.DEMO_ONLY, f"{demo.MARK}?")
        self._device = home.name
        self._file = home / demo.read_mark(_read(home / demo.MARK))

    def read(self) -> Reading:
        """Read all clocks. Raise `Refused` or `Stopped(demo_clock)`: no other clock stands in for this one."""
        shared = demo.read_clock(_read(self._file))
        return Reading(*shared.at(self._device, machine.mono_ms()))


def is_marked(home: Path) -> bool:
    """Tell whether the mark's file is there."""
    return (home / demo.MARK).is_file()


def mark(home: Path, clock: Path) -> None:
    """Make a folder that is empty or not there a demo's home; again is as good as once. Raise `Stopped(demo_only)`."""
    relative = os.path.relpath(clock.absolute(), home.absolute())
    if is_marked(home) and demo.read_mark(_read(home / demo.MARK)) == relative:
        return
    if home.exists() and any(home.iterdir()):
        raise Stopped(Code.DEMO_ONLY, "this folder is in use: a demo begins in an empty one")
    demo.read_clock(_read(clock))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / demo.MARK).write_text(demo.mark_text(relative), encoding="utf-8")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Stopped(Code.DEMO_CLOCK, f"{file.name}: {type(error).__name__}") from error
