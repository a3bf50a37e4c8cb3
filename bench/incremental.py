"""Cost of news against the size of history: `python -m bench.incremental --json`.

1,000 new entries are taken in and derived over a long history and over a short one of the same people. What they cost must
depend on what they change, not on how much there was before.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.history import History, make_history
from bench.result import report
from server.books.derive.drain import drain

REACH = 1.2
ROUNDS = 9
NEW_PEOPLE = 500
"""Each signs in and out: 1,000 entries."""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="(always)")
    parser.add_argument("--long", type=int, default=2_000_000, help="entries of the long history")
    parser.add_argument("--short", type=int, default=50_000, help="entries of the short one")
    parser.add_argument("--people", type=int, default=2_500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redvest-bench-") as folder:
        short = _derived(Path(folder) / "short", args.people, args.short)
        long = _derived(Path(folder) / "long", args.people, args.long)
        pairs = [(_news(short, at), _news(long, at)) for at in range(ROUNDS)]
    few, many = (median(seconds) for seconds in zip(*pairs, strict=True))
    report(
        "incremental",
        value=many / few,
        unit="times the cost over a short history",
        reach=f"<= {REACH}",
        holds=many / few <= REACH,
        milliseconds_short=round(few * 1000, 1),
        milliseconds_long=round(many * 1000, 1),
        entries_short=short.entries,
        entries_long=long.entries,
        rounds=ROUNDS,
    )


def _derived(home: Path, people: int, entries: int) -> History:
    history = make_history(home, people=people, entries=entries)
    _drain(history)
    return history


def _news(history: History, turn: int) -> float:
    """Take in and derive 1,000 entries of people who came before. Give the seconds."""
    start = turn * NEW_PEOPLE % len(history.people)
    history.record_day(history.people[start : start + NEW_PEOPLE])
    wires = history.waiting()
    before = time.perf_counter()
    history.send(wires)
    _drain(history)
    return time.perf_counter() - before


def _drain(history: History) -> None:
    services = history.services
    drain(services.database, services.signer.keys.identity_public)


if __name__ == "__main__":
    main()
