"""The figures of a bulletin: what each counts, and which rows it counts. Pure: rows in, integers out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from server.bulletins.rows import Row
from server.bulletins.sections import ALL


class Figure(StrEnum):
    """What is counted: people 人, records 人次, minutes, sites, and records by the grade of their evidence (E1)."""

    PEOPLE = "people"
    RECORDS = "records"
    SITES = "sites"
    CREDITED = "credited"
    HELD = "held"
    REFUSED = "refused"
    LOW = "low"
    HIGH = "high"
    GRADE_A = "grade_a"
    GRADE_B = "grade_b"
    GRADE_C = "grade_c"
    GRADE_D = "grade_d"
    GRADE_E = "grade_e"


GRADES = {letter: Figure(f"grade_{letter.lower()}") for letter in "ABCDE"}


@dataclass(slots=True)
class _Sum:
    people: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    counts: dict[Figure, int] = field(default_factory=lambda: dict.fromkeys(Figure, 0))

    def add(self, row: Row) -> None:
        self.people.add(row.who)
        self.sites.add(row.site)
        for figure, value in _values(row):
            self.counts[figure] += value

    def figures(self) -> dict[str, int]:
        found = self.counts | {
            Figure.PEOPLE: len(self.people),
            Figure.SITES: len(self.sites),
        }
        return {figure.value: value for figure, value in found.items()}


def _values(row: Row) -> Iterator[tuple[Figure, int]]:
    """Give what a row adds to each figure that is a sum; people and sites are counted once each."""
    yield Figure.RECORDS, 1
    yield Figure.CREDITED, row.credited
    yield Figure.HELD, row.held
    yield Figure.REFUSED, row.refused
    yield Figure.LOW, row.credited
    yield Figure.HIGH, row.credited + row.held + row.may_come
    yield GRADES[row.grade], 1


def is_counted(row: Row, figure: Figure) -> bool:
    """Tell whether a row counts for a figure at all."""
    return figure in (Figure.PEOPLE, Figure.SITES) or dict(_values(row)).get(figure, 0) != 0


class Summing:
    """Adds rows up as they pass by, for the whole and for each section."""

    def __init__(self, sections: Iterable[str]) -> None:
        """Begin at 0. sections: the keys of all but the whole."""
        self._sums = {ALL: _Sum(), **{key: _Sum() for key in sections}}

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the rows on."""
        whole = self._sums[ALL]
        for row in rows:
            whole.add(row)
            if row.section in self._sums:
                self._sums[row.section].add(row)
            yield row

    def figures(self) -> dict[str, dict[str, int]]:
        """Give the figures of each section, the whole first."""
        return {key: one.figures() for key, one in self._sums.items()}
