"""Break a text into lines: Chinese anywhere but before its closing marks, words and figures within only if they must be."""

import re
from collections.abc import Iterator

from server.badges.fit import Measure

_CLOSING = re.escape("，。；：、！？）》」』”’％%℃°·…,.;:!?)]")
_OPENING = re.escape("（《「『“‘([")
_units = re.compile(rf"[{_OPENING}]*(?:[0-9A-Za-zÀ-ɏ+'/@#&*=<>_.,:-]+|\S)[{_CLOSING}]*\s*").findall


def wrap(text: str, width: float, measure: Measure, *, first: float = 0.0) -> list[str]:
    """Give the lines of a text, at least one. width: in mm at one point; first: how much less the first line has."""
    lines: list[str] = []
    line = ""
    for unit in _cut(text, width, measure):
        room = width if lines else width - first
        if line and measure((line + unit).rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]


def _cut(text: str, width: float, measure: Measure) -> Iterator[str]:
    """Give what should stay whole; of what is wider than a line each character."""
    for unit in _units(text.strip()):
        if measure(unit.rstrip()) <= width:
            yield unit
        else:
            yield from unit
