"""What may stand in the address of a call: each pattern is part of the document."""

from werkzeug.routing import BaseConverter, IntegerConverter, Map

from server.bulletins.figures import Figure
from server.imports.kinds import KINDS


class NumberConverter(BaseConverter):
    """A volunteer's number, or another code, in an address."""

    regex = "[0-9A-Za-z-]{1,20}"


class HashConverter(BaseConverter):
    """A hash, or a record's id, in hex."""

    regex = "[0-9a-f]{64}"


class LogConverter(BaseConverter):
    """A log's id."""

    regex = "[a-z2-7]{32}"


class MarkConverter(BaseConverter):
    """A decision's hash, or the common mark of several, in hex."""

    regex = "(?:[0-9a-f]{32}){1,2}"


class PlaceConverter(IntegerConverter):
    """The number of a row, as both databases can hold it."""

    def __init__(self, map_: Map) -> None:
        """Take 1 to 2**31 - 1."""
        super().__init__(map_, min=1, max=2**31 - 1)


class UploadConverter(BaseConverter):
    """The id of an import."""

    regex = "[0-9a-f]{16}"


class KeyConverter(BaseConverter):
    """What a message is known by on kiosks."""

    regex = "[0-9a-f]{16}"


class SweepConverter(BaseConverter):
    """The mark of a sweep, in hex."""

    regex = "[0-9a-f]{32}"


class CodeConverter(BaseConverter):
    """The id of an enrolment code, in hex."""

    regex = "(?:[0-9a-f]{2}){1,16}"


class MonthConverter(BaseConverter):
    """A month."""

    regex = "(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])"


class DateConverter(BaseConverter):
    """A local date."""

    regex = "(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


class PaperConverter(BaseConverter):
    """A paper of a bulletin, by language and form, or its figures as they were frozen."""

    regex = r"(?:(?:zh|en)\.(?:docx|pdf)|json)"


class FigureConverter(BaseConverter):
    """A figure of a bulletin: its section and what it counts."""

    regex = rf"[0-9A-Za-z-]{{1,20}}\.(?:{'|'.join(Figure)})"


class KindConverter(BaseConverter):
    """A kind of reference data."""

    regex = f"(?:{'|'.join(KINDS)})"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "number": NumberConverter,
    "hash": HashConverter,
    "log": LogConverter,
    "mark": MarkConverter,
    "month": MonthConverter,
    "upload": UploadConverter,
    "place": PlaceConverter,
    "kind": KindConverter,
    "key": KeyConverter,
    "sweep": SweepConverter,
    "code": CodeConverter,
    "date": DateConverter,
    "paper": PaperConverter,
    "figure": FigureConverter,
}
