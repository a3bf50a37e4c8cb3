"""From rows as they stand in a file to rows that can be stored: every cell read, every fault named, no key twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from server.imports.cells import Cell
from server.imports.columns import Column, Kind, Row
from server.imports.headers import Headers, match_headers
from server.imports.reasons import FileRefused, Reason
from server.imports.rows import RawRow, Sheet
from server.limits import IMPORT_ROWS_MAX

_pack = msgspec.msgpack.encode


class Fault(NamedTuple):
    """What is wrong with a row. column: our English name of it, "" for the row as a whole."""

    line: int
    column: str
    reason: Reason


class Checked(NamedTuple):
    """A row as checked: its values, or its faults; neither for one that says again what another said. line: where it begins."""

    line: int
    row: Row | None
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the rows of one file."""

    kind: Kind
    headers: Headers
    _seen: dict[int, int] = field(default_factory=dict)

    @property
    def absent(self) -> tuple[int, ...]:
        """The columns that the file does not have and that a version in force keeps (never part of the key)."""
        return tuple(
            index
            for index, place in enumerate(self.headers.places)
            if place is None and self.kind.columns[index].field not in self.kind.key
        )

    def check(self, sheet: Sheet) -> Iterator[Checked]:
        """Check every row. Raise `FileRefused(too_many_rows)`."""
        kind, width, pads = self.kind, self.headers.width, sheet.pads
        readers = list(zip(kind.columns, self.headers.places, strict=True))
        keys = [kind.index(name) for name in kind.key]
        for count, raw in enumerate(sheet.rows, 1):
            if count > IMPORT_ROWS_MAX:
                raise FileRefused(Reason.TOO_MANY_ROWS)
            fault = raw.fault or _count_fault(raw.cells, width, pads)
            if fault:
                yield Checked(raw.line, None, [Fault(raw.line, "", fault)])
                continue
            row, faults = _read(raw, readers)
            if not faults and kind.check and (found := kind.check(row)):
                faults = [Fault(raw.line, *found)]
            if faults:
                yield Checked(raw.line, None, faults)
            else:
                yield self._once(raw.line, row, keys)

    def _once(self, line: int, row: Row, keys: list[int]) -> Checked:
        """Let a key through once. Only digests are kept: 5 million rows must fit."""
        key = hash(_pack([row[index] for index in keys]))
        digest = hash(_pack(row))
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = digest
            return Checked(line, row, ())
        if before == digest:
            return Checked(line, None, ())
        column = self.kind.columns[keys[0]].name
        return Checked(line, None, [Fault(line, column, Reason.DUPLICATE_IN_FILE)])


def make_checker(kind: Kind, sheet: Sheet) -> Checker:
    """Match the header of a file. Raise `FileRefused`."""
    return Checker(kind, match_headers(kind, sheet.header))


def _count_fault(cells: Sequence[str | Reason], width: int, pads: bool) -> Reason | None:
    if len(cells) == width or (pads and len(cells) < width):
        return None
    if len(cells) > width and not any(cells[width:]):  # commas that a spreadsheet left behind
        return None
    return Reason.WRONG_CELL_COUNT


def _read(raw: RawRow, readers: Sequence[tuple[Column, int | None]]) -> tuple[Row, list[Fault]]:
    row: Row = []
    faults: list[Fault] = []
    cells = raw.cells
    for column, place in readers:
        value: Cell | Reason
        if place is None:
            value = column.otherwise
        else:
            cell = cells[place] if place < len(cells) else ""
            value = cell if type(cell) is Reason else column.read(cell)
        if type(value) is Reason:
            faults.append(Fault(raw.line, column.name, value))
        else:
            row.append(value)
    return row, faults
