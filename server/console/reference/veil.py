"""Names as whoever asks may see them: in full within the part where they may, masked elsewhere (I9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.access.part import Part
from server.people.called import Names
from server.people.mask import masked

Values = Mapping[str, Any]


def is_clear(clear: Part, row: Values) -> bool:
    """Tell whether a volunteer's row may be shown in full."""
    return clear.has_person(row["team"], row["region"])


def veiled(clear: Part, kind: str, rows: Sequence[Values]) -> tuple[list[Values], int]:
    """Give rows as they may be shown, and how many people are told in full: their reading is noted."""
    if kind != "volunteers":
        return list(rows), 0
    told = [row if is_clear(clear, row) else {**row, "name": masked(row["name"])} for row in rows]
    return told, sum(is_clear(clear, row) for row in rows)


def veil_names(clear: Part, names: Names) -> Names:
    """Mask the names of people that rows refer to, but for whoever may see everybody's."""
    if clear.is_all or "volunteers" not in names:
        return names
    people = {number: masked(name) for number, name in names["volunteers"].items()}
    return {**names, "volunteers": people}
