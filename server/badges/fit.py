"""Make a text of any length fit a box: as large as it can be, on as many lines as there is room for, never beyond."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LINE = 1.25
"""Distance of lines, in sizes of the print."""

MM_PER_POINT = 25.4 / 72

_parts = re.compile(r"[^·\s]*[·\s]?").findall  # a name's parts stay whole while there is room
_letters = re.compile(
    r"[⺀-\U000EFFFF]·?|[^⺀-\U000EFFFF\s-]*[\s-]?"
).findall  # no line begins with a dot


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it is printed. size: in points."""

    size: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Room for a text, in mm, and the sizes to try in it, the largest first, in points. Parts stay whole down to `whole`."""

    width: float
    height: float
    sizes: Sequence[float]
    whole: float


Measure = Callable[[str], float]
"""Gives the width of a text in mm at one point."""


def fit(text: str, box: Box, measure: Measure) -> Fitted | None:
    """Give the largest print that fits, or None if even the smallest does not."""
    for size, units in _ways(text, box):
        lines = _lines(units, box.width / size, measure)
        if lines and len(lines) * size * LINE * MM_PER_POINT <= box.height:
            return Fitted(size, tuple(lines))
    return None


def _ways(text: str, box: Box) -> Iterator[tuple[float, list[str]]]:
    """Give the sizes to try, each with what must not be torn; at the smallest everything may be."""
    parts, letters = [[unit for unit in cut(text) if unit] for cut in (_parts, _letters)]
    for size in box.sizes:
        yield size, parts if size >= box.whole else letters
    yield box.sizes[-1], list(text)


def _lines(units: Sequence[str], width: float, measure: Measure) -> list[str]:
    """Fill lines one after another; nothing where a unit is wider than a line. width: in mm at one point."""
    lines: list[str] = []
    line = ""
    for unit in units:
        if measure(unit.rstrip()) > width:
            return []
        if line and measure((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]
