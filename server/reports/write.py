"""Reports as files: CSV, XLSX and JSON, written as rows come, in memory that does not grow with them."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import IO

from server.exports.sheet import Cell, csv_pieces, write_xlsx
from server.reports.about import About, about, notes
from server.reports.columns import Column, columns_of
from server.reports.figures import Row
from server.reports.report import Report

TOTAL = "合计 total"

Progress = Callable[[int], None]
"""Is told how many rows are through."""

_ROWS_A_PIECE = 1_000


class Form(StrEnum):
    """How a report is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def write_report(
    out: IO[bytes], form: Form, report: Report, made_ms: int, progress: Progress
) -> int:
    """Write a report and give how many rows it has, the total not counted. made_ms: server time."""
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in report.rows:
            yield row
            count += 1
            progress(count)

    _WRITERS[form](out, report, counted(), made_ms)
    return count


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as rows for programs. is_cut: there are more rows than could be listed."""

    about: About
    total: dict[str, object]
    rows: list[dict[str, object]]
    is_cut: bool


def listed(report: Report, made_ms: int, rows_max: int) -> Listed:
    """Give a report as values, with so many rows at most. made_ms: server time."""
    columns = columns_of(report.query)
    rows = [as_object(columns, row) for row in islice(report.rows, rows_max)]
    is_cut = next(report.rows, None) is not None
    return Listed(about(report, made_ms), as_object(columns, report.total), rows, is_cut)


def filled(columns: Sequence[Column], row: Row) -> list[Cell]:
    """Give the cells of a row."""
    return [column.value(row) for column in columns]


def as_object(columns: Sequence[Column], row: Row) -> dict[str, object]:
    """Give a row for programs: whole numbers as such, decimal ones as text, so that nothing rounds them."""
    cells = zip(columns, filled(columns, row), strict=True)
    return {c.name: str(v) if isinstance(v, Decimal) else v for c, v in cells}


def _csv(out: IO[bytes], report: Report, rows: Iterable[Row], made_ms: int) -> None:
    """Write header, rows, total, and behind an empty line what the report says of itself."""
    columns = columns_of(report.query)
    said = ([], *notes(report, made_ms))
    out.writelines(csv_pieces(_header(columns), chain(_table(columns, report, rows), said)))


def _xlsx(out: IO[bytes], report: Report, rows: Iterable[Row], made_ms: int) -> None:
    """Write rows and total, on as many sheets as it takes, and what the report says of itself on the last."""
    columns = columns_of(report.query)
    table = _table(columns, report, rows)
    write_xlsx(out, _header(columns), table, title="报表", notes=notes(report, made_ms))


def _json(out: IO[bytes], report: Report, rows: Iterable[Row], made_ms: int) -> None:
    """Write one object: what the report says of itself, the total, the rows, each on a line."""
    columns = columns_of(report.query)
    head = dataclasses.asdict(about(report, made_ms))
    total = as_object(columns, report.total)
    out.write(f'{{"about": {_text(head)},\n"total": {_text(total)},\n"rows": ['.encode())
    lines: list[str] = []
    before = "\n"
    for row in rows:
        lines.append(before + _text(as_object(columns, row)))
        before = ",\n"
        if len(lines) == _ROWS_A_PIECE:
            out.write("".join(lines).encode())
            lines.clear()
    out.write(("".join(lines) + "\n]}\n").encode())


_WRITERS = {Form.CSV: _csv, Form.XLSX: _xlsx, Form.JSON: _json}


def _header(columns: Sequence[Column]) -> list[str]:
    return [column.heading for column in columns]


def _table(columns: Sequence[Column], report: Report, rows: Iterable[Row]) -> Iterator[list[Cell]]:
    for row in rows:
        yield filled(columns, row)
    yield [TOTAL, *filled(columns, report.total)[1:]]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
