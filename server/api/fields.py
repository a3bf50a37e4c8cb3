"""What calls take, each with its bound: codes, dates, months, times, reasons, pages of lists."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import END, NUMBER_PATTERN
from server.books.dates import read_date
from server.books.periods.months import read_month
from server.limits import (
    API_CODES_CHARS_MAX,
    API_CURSOR_CHARS_MAX,
    API_PAGE_ROWS,
    API_PAGE_ROWS_MAX,
)

_DATE = r"^(?:19[7-9][0-9]|2[0-9]{3})-[0-9]{2}-[0-9]{2}" + END
_MONTH = r"^(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])" + END
_MINUTE = (
    r"^(?:19[7-9][0-9]|2[0-9]{3})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})" + END
)
_HEX = r"^[0-9a-f]{64}" + END
_CODE = "[0-9A-Za-z-]{1,20}"
_STORABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]*" + END
"""No NUL and no half of a character: no database keeps them."""


class Strict(Schema):
    """What comes in: nothing beyond the fields named."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE


class Nothing(Strict):
    """A call that takes no parameters."""


class PageAsked(Strict):
    """Which page of a list."""

    limit = fields.Integer(
        load_default=API_PAGE_ROWS,
        validate=validate.Range(min=1, max=API_PAGE_ROWS_MAX),
        metadata={"description": "Items of the page."},
    )
    cursor = fields.String(
        load_default=str,
        validate=validate.Length(max=API_CURSOR_CHARS_MAX),
        metadata={"description": "`next` of the page before."},
    )


class _Read(fields.String):
    """Text of a form that is read to a number."""

    pattern = ""
    example = ""

    def __init__(self, **more: Any) -> None:
        """Describe the form in the document, too."""
        self._form = validate.Regexp(self.pattern, error=f"not like {self.example}")
        super().__init__(validate=self._form, **more)

    def deserialize(self, value: Any, *at: Any, **more: Any) -> Any:
        """Read the text, once it was validated as such."""
        text = super().deserialize(value, *at, **more)
        if not isinstance(text, str):
            return text  # what stands for nothing given
        try:
            return self.read(text)
        except (ValueError, OverflowError) as error:
            raise ValidationError(f"not like {self.example}") from error

    @staticmethod
    def read(text: str) -> int:
        """Read the text. Raise `ValueError`."""
        raise NotImplementedError


class LocalDate(_Read):
    """A local date, to days since 1970-01-01."""

    pattern, example = _DATE, "2026-11-21"
    read = staticmethod(read_date)


class Month(_Read):
    """A month, to a number such as 202611."""

    pattern, example = _MONTH, "2026-11"
    read = staticmethod(read_month)


def _minute(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() // 60)


class Minute(_Read):
    """A time with its offset, to minutes since 1970-01-01 UTC."""

    pattern, example = _MINUTE, "2026-11-02T08:30+08:00"
    read = staticmethod(_minute)


class Codes(fields.String):
    """Codes with commas between them, to a tuple that has each once. each: the pattern of one, which holds no comma."""

    def __init__(self, *, each: str = _CODE, **more: Any) -> None:
        """Describe the form in the document, too. Without any of them, there is none."""
        told = {"description": "One, or several with commas between."}
        checks = [
            validate.Length(max=API_CODES_CHARS_MAX),
            validate.Regexp(f"^{each}(?:,{each})*{END}"),
        ]
        super().__init__(validate=checks, load_default=tuple, metadata=told, **more)

    def deserialize(self, value: Any, *at: Any, **more: Any) -> Any:
        """Take the codes apart."""
        text = super().deserialize(value, *at, **more)
        return tuple(dict.fromkeys(text.split(","))) if isinstance(text, str) else text


class Line(fields.String):
    """A line of text that is printed: nothing that cannot be seen, and not blank where it is required."""

    def __init__(self, chars_max: int, **more: Any) -> None:
        """Take so many characters at most; `load_default` where it may be left out."""
        least = 1 if more.get("required") else 0
        bounds = validate.Length(min=least, max=chars_max)
        super().__init__(validate=[bounds, validate.Regexp(_STORABLE), _require_line], **more)

    def deserialize(self, value: Any, *at: Any, **more: Any) -> Any:
        """Drop blanks around it."""
        return super().deserialize(value.strip() if isinstance(value, str) else value, *at, **more)


def _require_line(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("not a line of text")


class Truth(fields.Boolean):
    """true or false; no word or number that might mean one of them."""

    def deserialize(self, value: Any, *at: Any, **more: Any) -> Any:
        """Read it."""
        if value is not missing and not isinstance(value, bool):
            raise self.make_error("invalid", input="")
        return super().deserialize(value, *at, **more)


def number(**more: Any) -> fields.String:
    """Give a field for a volunteer's number, or another code of reference data."""
    return fields.String(validate=validate.Regexp(NUMBER_PATTERN), **more)


def hash_of(**more: Any) -> fields.String:
    """Give a field for the hash of an entry, or the id of a record, in hex."""
    return fields.String(validate=validate.Regexp(_HEX), **more)


def words(chars_max: int, chars_min: int = 0, **more: Any) -> fields.String:
    """Give a field for text that people write."""
    checks: list[Callable[[str], Any]] = [
        validate.Length(min=chars_min, max=chars_max),
        validate.Regexp(_STORABLE),
    ]
    if chars_min:
        checks.append(_require_words)
    return fields.String(validate=checks, **more)


def _require_words(text: str) -> None:
    if not text.strip():
        raise ValidationError("nothing but blanks")


def why() -> fields.String:
    """Give the field for the reason of what is done."""
    told = {"description": "Why, without names: it is kept for good."}
    return words(WHY_CHARS_MAX, 1, required=True, metadata=told)


def dry_run() -> fields.Boolean:
    """Give the field by which nothing is done, and what would be is told."""
    return Truth(load_default=False, metadata={"description": "Only say what would be."})


def nobody_else() -> fields.String:
    """Give the field that once named a second person: a token speaks for one alone, so it stays empty."""
    told = {
        "description": "Always empty: a token speaks for one. What takes two is proposed (`/records/{record}/proposals`)."
    }
    return fields.String(load_default=str, validate=validate.Length(max=0), metadata=told)
