"""What a kind of import is made of: its columns, its key, what it refers to and whom it concerns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.imports.cells import Cell, Reader
from server.imports.reasons import Reason
from server.models.base import Base

Row = list[Cell]
"""Checked values, in the order of the kind's columns."""

RowFault = tuple[str, Reason]
"""The column at fault, and why."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file.

    name: its English header. chinese: its Chinese headers, the first is the one we write. field: the table's column. read:
    gives the value. needed: the file must have it. otherwise: the value in a new row if the file does not have it; a version
    that stands keeps its own. refers: the kind whose code it holds.
    """

    name: str
    chinese: tuple[str, ...]
    read: Reader
    field: str
    needed: bool
    otherwise: Cell
    refers: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of import.

    key: fields that name one thing. check: looks at a whole row. person: the field with the volunteer's number, "" if rows
    concern everyone. own_dates: rows bring their own `valid_from` (policies).
    """

    name: str
    model: type[Base]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    check: Callable[[Sequence[Cell]], RowFault | None] | None = None
    person: str = ""
    own_dates: bool = False

    def index(self, field: str) -> int:
        """Give the place of a field among the columns."""
        return [column.field for column in self.columns].index(field)


def must(name: str, chinese: str, read: Reader, field: str = "", *, refers: str = "") -> Column:
    """Make a column that every file of the kind has."""
    return Column(name, tuple(chinese.split()), read, field or name, True, "", refers)


def may(name: str, chinese: str, read: Reader, field: str = "", *, refers: str = "") -> Column:
    """Make a column that a file may lack: then it says nothing about it."""
    otherwise = read("")
    if isinstance(otherwise, Reason):
        raise TypeError(f"{name} must be readable when empty")
    return Column(name, tuple(chinese.split()), read, field or name, False, otherwise, refers)
