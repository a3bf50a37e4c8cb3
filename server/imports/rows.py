"""What reading a file gives, whatever its format: a header, then rows of texts with the line they begin on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.imports.reasons import Reason


class RawRow(NamedTuple):
    """A row as it stands in the file; a cell that has no text is its reason. fault: the row as a whole cannot be read."""

    line: int
    cells: Sequence[str | Reason]
    fault: Reason | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file being read. pads: a row may be shorter than the header (spreadsheets leave out empty cells at the end)."""

    header: RawRow
    rows: Iterator[RawRow]
    pads: bool
