"""The most memory that a process has held: of its own image, as the kernel says it.

`getrusage` is no help here: what it says of a child begins with what the parent held when it was made.
"""

import subprocess
import time
from pathlib import Path

_LOOK_EVERY_S = 0.1


def largest_mb(started: "subprocess.Popen[bytes]") -> int:
    """Wait until a process has ended; give the most that it, or one that it began, has held, in MB.

    The kernel keeps the mark, so a look now and then is enough: what is missed is the growth of a process's last moment.
    """
    largest_kb = 0
    while started.poll() is None:
        for pid in (started.pid, *_begun_by(started.pid)):
            largest_kb = max(largest_kb, _high_water_kb(pid))
        time.sleep(_LOOK_EVERY_S)
    return largest_kb // 1024


def _begun_by(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(number) for task in tasks for number in _read(task).split()]


def _high_water_kb(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/status")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def _read(file: Path) -> str:
    """Give what a file of a process says; "" once it has ended."""
    try:
        return file.read_text()
    except OSError:
        return ""
