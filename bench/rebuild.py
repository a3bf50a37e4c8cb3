"""Rate of a rebuild by all rules against bare Python: `python -m bench.rebuild --json`.

The facts of a county, all derived before, are derived anew. The raw limit, in the same run, is what any language's
first attempt would do with the same scans held in memory: sort, and pair each in with the next out. That knows no rule.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.commands import environment
from bench.history import History, make_history
from bench.memory import largest_mb
from bench.result import report
from server.books.derive.drain import drain
from server.books.derive.rebuild import rebuild
from server.config import Config
from server.services import open_services

REACH = 0.15
GROWTH_MB_MAX = 700
"""What the largest of the processes that rebuild may hold."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="(always)")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        _child(args.child)
        return
    with tempfile.TemporaryDirectory(prefix="redvest-bench-") as folder:
        home = Path(folder) / "server"
        history = make_history(home, people=args.people, entries=args.entries, odd=True)
        raw = min(_raw(history) for _ in range(3))
        seconds, held_mb = _rebuild(history, home)
    report(
        "rebuild",
        value=raw / seconds,
        unit="of bare sorting and pairing",
        reach=f">= {REACH}",
        holds=raw / seconds >= REACH and held_mb <= GROWTH_MB_MAX,
        entries=history.entries,
        people=args.people,
        entries_per_second=round(history.entries / seconds),
        raw_entries_per_second=round(history.entries / raw),
        largest_process_mb=held_mb,
    )


def _rebuild(history: History, home: Path) -> tuple[float, int]:
    """Rebuild in a process of its own. Give the seconds that deriving took, and what its largest process held, in MB."""
    services = history.services
    drain(services.database, services.signer.keys.identity_public)
    services.database.close()
    command = [sys.executable, "-m", "bench.rebuild", "--child", str(home)]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE) as started:
        held_mb = largest_mb(started)
        said, _ = started.communicate()
    if started.returncode:
        raise RuntimeError(f"the rebuild ended with {started.returncode}")
    return float(said), held_mb


def _child(home: Path) -> None:
    services = open_services(Config(home, log_level="ERROR"))
    start = time.perf_counter()
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    print(time.perf_counter() - start)


def _raw(history: History) -> float:
    """Sort and pair the same scans, in memory before the clock starts. Give the seconds."""
    scans = list(history.scans())
    Random(1).shuffle(scans)
    start = time.perf_counter()
    total = sum(minutes for _, minutes in _paired(scans))
    seconds = time.perf_counter() - start
    if total <= 0:
        raise RuntimeError("nothing was paired")
    return seconds


def _paired(scans: list[tuple[str, int, str]]) -> Iterator[tuple[str, int]]:
    scans.sort()
    person, since = "", -1
    for who, at_ms, direction in scans:
        if who != person:
            person, since = who, -1
        if direction == "in":
            since = at_ms
        elif since >= 0:
            yield who, at_ms // 60_000 - since // 60_000
            since = -1


if __name__ == "__main__":
    main()
