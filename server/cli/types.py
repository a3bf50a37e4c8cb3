"""What commands take: numbers, reasons, dates, months and times, each with its bound and its own words for what is none."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from re import fullmatch

import click

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import NUMBER_PATTERN
from server.books.dates import read_date
from server.books.periods.months import read_month

_SHANGHAI = timezone(timedelta(hours=8))


class NumberType(click.ParamType[str]):
    """A volunteer number, or another code of reference data."""

    name = "number"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Take 1 to 20 of 0-9 A-Z a-z and dash."""
        if not fullmatch(NUMBER_PATTERN, str(value)):
            self.fail(f"不是编号 / not a number: {str(value)[:40]!r}", param, ctx)
        return str(value)


class WhyType(click.ParamType[str]):
    """A reason, in words."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Take at most `WHY_CHARS_MAX` characters, none of them NUL or half a character."""
        text = str(value)
        if len(text) > WHY_CHARS_MAX or "\x00" in text or not text.isprintable():
            self.fail(
                f"最多 {WHY_CHARS_MAX} 个可见字符 / at most so many printable characters",
                param,
                ctx,
            )
        return text


class _Calendar(click.ParamType[int]):
    """Something of the calendar, kept as an integer. A value that was read already is taken as it is."""

    word: str
    example: str
    read: Callable[[str], int]

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it as in the example."""
        if isinstance(value, int):
            return value
        try:
            return type(self).read(str(value))
        except (ValueError, OverflowError):
            words = (
                f"{self.word}应如 {self.example} / not a {self.name} like {self.example}: {value}"
            )
            self.fail(words, param, ctx)


class LocalDate(_Calendar):
    """An ISO date, as days since 1970-01-01."""

    name, word, example = "date", "日期", "2026-11-21"
    read = staticmethod(read_date)


class MonthType(_Calendar):
    """A month, as 202611."""

    name, word, example = "month", "月份", "2026-11"
    read = staticmethod(read_month)


def read_minutes(text: str) -> int:
    """Read a time in Asia/Shanghai unless it names another offset. Raise `ValueError | OverflowError`."""
    moment = datetime.fromisoformat(text)
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=_SHANGHAI)).timestamp()
    if seconds < 0 or "T" not in text:
        raise ValueError(text)
    return int(seconds // 60)


class TimeType(_Calendar):
    """A local time, as minutes since 1970-01-01 UTC."""

    name, word, example = "time", "时间", "2026-11-02T08:30"
    read = staticmethod(read_minutes)
