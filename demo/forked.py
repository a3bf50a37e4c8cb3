"""Commands as processes of their own, forked from one which has loaded the programs: a start costs next to nothing.

Each runs the program's own `main` with its own environment, arguments, folder and output; only the import is shared.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND_S_MAX = 120
"""No command of ours takes longer, on the slowest machine."""

_turn = threading.Lock()
"""Whoever begins a process also looks which others have ended; of two threads that look at once, one reads no status (255)."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["demo.loaded"])


def run_forked(command: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `python -m PROGRAM …` to its end; a signal is given as minus its number. Raise `subprocess.TimeoutExpired`."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        words = (*command[2:],)
        process = _context.Process(target=_run, args=(words, dict(env), str(out), str(err)))
        with _turn:
            process.start()
        has_ended = False
        try:
            has_ended = bool(wait([process.sentinel], COMMAND_S_MAX))
        finally:  # also where somebody interrupts us
            with _turn:
                if not has_ended:
                    process.kill()
                process.join()
        if not has_ended:
            raise subprocess.TimeoutExpired(list(command), COMMAND_S_MAX)
        said = [_read(file) for file in (out, err)]
    return subprocess.CompletedProcess(list(command), process.exitcode or 0, *said)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def _run(words: Sequence[str], env: Mapping[str, str], out: str, err: str) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # files, as made above
    sys.argv = ["python -m " + words[0], *words[1:]]
    from kiosk.cli import main as kiosk
    from server.cli import main as server

    {"kiosk": kiosk, "server": server}[words[0]]()
