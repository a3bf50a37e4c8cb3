"""Fields that forms have in common. What is too long, or no time, is refused in words: never cut, never passed over.

A NUL in a field was refused before (`guard`).
"""

from datetime import datetime, timedelta

from flask import request

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.books.dates import SHANGHAI_MS
from server.console.words import say as _
from server.limits import SAID_CHARS_MAX
from sync.errors import Refused

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 # local times are read, and the zone taken off below


def why(*, is_needed: bool = True) -> str:
    """Read the reason. Raise `Refused`: `reason_needed` where there is none and one is needed, `bad_field` if it is too long."""
    given = text("why", WHY_CHARS_MAX)
    if is_needed and not given:
        raise Refused(Code.REASON_NEEDED, _("请写明理由，不要写姓名。"))
    return given


def said(empty: str) -> str:
    """Read somebody's own words. empty: what is said where there are none."""
    given = text("said", SAID_CHARS_MAX)
    if not given:
        raise Refused(Code.BAD_FIELD, empty)
    return given


def text(name: str, most: int) -> str:
    """Read a field of at most so many characters, without the blanks around it; "" for none."""
    given = request.form.get(name, "").strip().replace("\r\n", "\n")  # as the page counted them
    if len(given) > most:
        raise Refused(
            Code.BAD_FIELD, _("最多 %(num)s 字，现有 %(now)s 字。", num=most, now=len(given))
        )
    return given


def moment(name: str) -> int | None:
    """Read a local time, as 2026-11-22T14:05, in milliseconds since 1970-01-01 UTC; None for none. Raise `Refused(bad_field)`."""
    given = request.form.get(name, "").strip()
    if not given:
        return None
    try:
        local = datetime.fromisoformat(given)
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, _("时间的格式不对。")) from error
    if local.tzinfo is not None:
        raise Refused(Code.BAD_FIELD, _("时间的格式不对。"))
    return (local - _EPOCH) // timedelta(milliseconds=1) - SHANGHAI_MS
