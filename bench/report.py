"""A report of 2,000,000 rows as CSV and XLSX, against the bare writers: `python -m bench.report --json`.

Ours adds up, names, masks and judges every row from a real database; the bare writer of the same run writes as many rows of the
same cells that it makes up. Each runs in a process of its own, whose largest memory is measured.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from xlsxwriter import Workbook

from bench.commands import command, environment
from bench.result import report
from server import bulk
from server.books.dates import SHANGHAI_MS
from server.config import Config
from server.limits import XLSX_ROWS_MAX
from server.models.derived import RecordRow
from server.models.volunteer import Volunteer
from server.reports.query import By, Query
from server.reports.report import Report, open_report
from server.reports.write import Form, write_report
from server.services import open_services

ROWS = 2_000_000
REACH = {Form.CSV: 0.03, Form.XLSX: 0.3}
"""How quick ours is to be, in parts of the bare writer's rate: adding up is most of a CSV file, writing of an XLSX file."""
LARGEST_MB_MAX = 300
CELLS: list[str | int | float] = [
    "V0000001",
    "张*三",
    1,
    1,
    240,
    4.0,
    0,
    0,
    240,
    0,
    240,
    0,
    0,
    0,
    "B",
    240,
    240,
    "provisional",
    "",
]
"""A row as ours is, but for the number."""
_SOME = 50_000
_STATUS = Path("/proc/self/status")
_DAY = 20_759


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="(always)")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--child", choices=["ours", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--form", type=Form, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        _child(args.child, args.form, args.folder, args.rows)
        return
    with TemporaryDirectory(prefix="redvest-bench-") as folder:
        _make(Path(folder) / "home", args.rows)
        found = {
            form: {who: _measured(who, form, Path(folder), args.rows) for who in ("bare", "ours")}
            for form in REACH
        }
    _report(found, args.rows)


def _report(found: dict[Form, dict[str, dict[str, float]]], rows: int) -> None:
    rates = {
        form: both["bare"]["seconds"] / both["ours"]["seconds"] for form, both in found.items()
    }
    largest = max(both["ours"]["largest_mb"] for both in found.values())
    holds = largest <= LARGEST_MB_MAX and all(rates[form] >= REACH[form] for form in REACH)
    report(
        "report",
        value=rates[Form.XLSX],
        unit="of the bare XLSX writer's rate",
        reach=f">= {REACH[Form.XLSX]}, CSV >= {REACH[Form.CSV]}, within {LARGEST_MB_MAX} MB",
        holds=holds,
        rows=rows,
        csv_of_bare=round(rates[Form.CSV], 3),
        memory_of_bare={
            form.value: round(both["ours"]["largest_mb"] / both["bare"]["largest_mb"], 2)
            for form, both in found.items()
        },
        measured={form.value: both for form, both in found.items()},
    )


def _make(home: Path, rows: int) -> None:
    """Put so many people with a stay each into a home, past the door: what is measured begins behind it."""
    home.mkdir()
    command(home, "setup")
    services = open_services(Config(home, log_level="ERROR"))
    for start in range(0, rows, _SOME):
        some = range(start, min(start + _SOME, rows))
        people = [(f"V{n:07}", "张小三", "", "T1", "R1", None, "", "", 0, 1) for n in some]
        with services.database.write_facts() as connection:
            bulk.insert(connection, Volunteer, people)
        with services.database.write_derived() as connection:
            bulk.insert(connection, RecordRow, [_record(n) for n in some])
    services.database.close()


def _record(number: int) -> tuple[object, ...]:
    """Give a stay of four hours from eight o'clock, in the order of the table's columns."""
    in_ms = _DAY * 86_400_000 + 8 * 3_600_000 - SHANGHAI_MS
    key = number.to_bytes(32, "big")
    place = ("S1", "P1", "T1", "R1", _DAY, _DAY)
    return (f"V{number:07}", in_ms, key, *place, in_ms + 14_400_000, 0, 240, 0, 0, "", b"\x90", "")


def _measured(who: str, form: Form, folder: Path, rows: int) -> dict[str, float]:
    asked = ["--child", who, "--form", form.value, "--folder", str(folder), "--rows", str(rows)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.report", *asked],
        check=True,
        env=environment(folder / "home"),
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _child(who: str, form: Form, folder: Path, rows: int) -> None:
    """Write one file, and say how long it took and how much memory there was at most."""
    file = folder / f"{who}.{form.value}"
    start = time.perf_counter()
    if who == "ours":
        _ours(file, form, folder / "home", rows)
    elif form is Form.CSV:
        _bare_csv(file, rows)
    else:
        _bare_xlsx(file, rows)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": round(seconds, 1), "largest_mb": _largest_mb()}))


def _largest_mb() -> int:
    """Give the most memory that this process ever had; `getrusage` would count that of its parent, which it was forked from."""
    (line,) = (each for each in _STATUS.read_text().splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def _ours(file: Path, form: Form, home: Path, rows: int) -> None:
    services = open_services(Config(home, log_level="ERROR"))
    query = Query(By.VOLUNTEER)
    with file.open("wb") as out, open_report(services.database, query, _unseen) as found:
        written = write_report(out, form, found, 0, lambda _: None)
    services.database.close()
    if written != rows:
        raise RuntimeError(f"{written} rows of {rows}")


def _unseen(_connection: object, _report: Report) -> None:
    raise RuntimeError("names are masked here")


def _made_up(rows: int) -> Iterator[list[str | int | float]]:
    return ([f"V{number:07}", *CELLS[1:]] for number in range(rows))


def _bare_csv(file: Path, rows: int) -> None:
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        csv.writer(out).writerows(_made_up(rows))


def _bare_xlsx(file: Path, rows: int) -> None:
    book = Workbook(str(file), {"constant_memory": True})
    for number, row in enumerate(_made_up(rows)):
        at = number % XLSX_ROWS_MAX
        if at == 0:
            sheet = book.add_worksheet()
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell)
            else:
                sheet.write_number(at, column, cell)
    book.close()


if __name__ == "__main__":
    main()
