"""The options by which commands learn who acts: until staff have accounts, their number and role are said."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from re import fullmatch
from typing import Any

import click

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import NUMBER_PATTERN
from server.books.actor import Actor, Role
from server.books.months import read_month

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


class MonthType(click.ParamType[int]):
    """A month, as 202611."""

    name = "month"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read 2026-11."""
        if isinstance(value, int):
            return value
        try:
            return read_month(str(value))
        except ValueError:
            self.fail(f"月份应如 2026-11 / not a month like 2026-11: {value}", param, ctx)


class TimeType(click.ParamType[int]):
    """A local time, as minutes since 1970-01-01 UTC."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read 2026-11-02T08:30, in Asia/Shanghai unless it names another offset."""
        if isinstance(value, int):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=_SHANGHAI)).timestamp()
        except (ValueError, OverflowError):
            self.fail(f"时间应如 2026-11-02T08:30 / not a time like that: {value}", param, ctx)
        if seconds < 0 or "T" not in str(value):
            self.fail(f"时间应如 2026-11-02T08:30 / not a time like that: {value}", param, ctx)
        return int(seconds // 60)


def by_actor(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--by` and `--role`."""
    roles = click.Choice([role.value for role in Role])
    as_role = click.option("--role", type=roles, default=Role.LEAD.value, help="身份 / as what")
    who = click.option("--by", type=NumberType(), required=True, help="谁 / who decides, by number")
    return who(as_role(function))


def actor_of(by: str, role: str) -> Actor:
    """Make the actor of these options."""
    return Actor(by, frozenset({Role(role)}))
