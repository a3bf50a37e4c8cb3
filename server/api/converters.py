"""What may stand in the address of a call: each pattern is part of the document."""

from werkzeug.routing import BaseConverter, IntegerConverter, Map

from server.bulletins.figures import Figure
from server.imports.kinds import KINDS

_MONTH = "(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])"

PATTERNS = {
    "number": "[0-9A-Za-z-]{1,20}",  # a volunteer's, or another code
    "hash": "[0-9a-f]{64}",  # or a record's id
    "log": "[a-z2-7]{32}",
    "mark": "(?:[0-9a-f]{32}){1,2}",  # a decision's hash, or the common mark of several
    "upload": "[0-9a-f]{16}",
    "key": "[0-9a-f]{16}",  # by which a message is known on kiosks
    "sweep": "[0-9a-f]{32}",
    "code": "(?:[0-9a-f]{2}){1,16}",  # the id of an enrolment code
    "month": _MONTH,
    "date": f"{_MONTH}-(?:0[1-9]|[12][0-9]|3[01])",
    "paper": r"(?:(?:zh|en)\.(?:docx|pdf)|json)",  # of a bulletin; json: its figures as they were frozen
    "figure": rf"[0-9A-Za-z-]{{1,20}}\.(?:{'|'.join(Figure)})",  # a bulletin's section and what it counts
    "kind": f"(?:{'|'.join(KINDS)})",  # of reference data
}


class PlaceConverter(IntegerConverter):
    """The number of a row, as both databases can hold it."""

    def __init__(self, map_: Map) -> None:
        """Take 1 to 2**31 - 1."""
        super().__init__(map_, min=1, max=2**31 - 1)


def _of(name: str, pattern: str) -> type[BaseConverter]:
    """Make the class that the library wants for a pattern."""
    return type(f"{name.title()}Converter", (BaseConverter,), {"regex": pattern})


CONVERTERS: dict[str, type[BaseConverter]] = {
    **{name: _of(name, pattern) for name, pattern in PATTERNS.items()},
    "place": PlaceConverter,
}
