"""The shipped commands, as benchmarks run them over a home of their own."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def environment(home: Path) -> dict[str, str]:
    """Give an environment in which the commands see this home and no other setting."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REDVEST_")}
    return {**kept, "REDVEST_HOME": str(home), "REDVEST_LOG_LEVEL": "ERROR"}


def command(home: Path, *args: str) -> str:
    """Run a command of the server and give its standard output. Raise `CalledProcessError` where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "server", *args, "--json"],
        check=True,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return done.stdout


def import_table(
    home: Path, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """Write a table into the home and import it."""
    file = home / f"{kind}.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)
    command(home, "import", kind, str(file))
