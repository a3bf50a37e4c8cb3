"""A decision as a form says it: what is to be done, to which minutes, with which other records."""

from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict

from schemas.limits import DECISION_OTHERS_MAX, WHY_CHARS_MAX
from schemas.vocabulary import Action, Code
from server.books.dates import SHANGHAI_MS
from server.books.draft import Wish
from server.books.look import Looked
from server.books.suggest import leading, settled_by
from server.console.words import say as _
from server.reconcile.policy import MINUTE_MS
from sync.errors import Refused

ACTIONS = tuple(action for action in Action if action is not Action.UNDO)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(milliseconds=SHANGHAI_MS)
_SPANS = 4
"""Stretches of time that a form has room for."""


def read_wish(form: MultiDict[str, str], number: str, looked: Looked) -> Wish:
    """Read a form. Raise `Refused` (`bad_field`) for what is no action or no time."""
    try:
        action = Action(form.get("action", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "action") from error
    spans = [span for at in range(_SPANS) if (span := _span(form, at)) != (None, None)]
    with_times = action in (Action.ADJUST, Action.ATTEST, Action.SPLIT)
    with_others = action in (Action.JOIN, Action.CHOOSE)
    return Wish(
        number,
        looked.entry.hex(),
        action,
        tuple(spans) if with_times else (),
        tuple(form.getlist("others")[:DECISION_OTHERS_MAX]) if with_others else (),
        settled_by(leading(looked.findings, form.get("settles", ""))),
    )


def read_why(form: MultiDict[str, str]) -> str:
    """Read the reason, which must be there."""
    why = form.get("why", "").strip()[:WHY_CHARS_MAX]
    if not why:
        raise Refused(Code.BAD_FIELD, _("请写明理由，不要写姓名。"))
    return why


def local_input(minute: int | None) -> str:
    """Write a minute (since 1970-01-01 UTC) as fields of local time have it; "" for none."""
    if minute is None:
        return ""
    return (_EPOCH + _AHEAD + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M")


def _span(form: MultiDict[str, str], at: int) -> tuple[int | None, int | None]:
    return _minute(form.get(f"since{at}", "")), _minute(form.get(f"until{at}", ""))


def _minute(text: str) -> int | None:
    """Read a local time. What is no time is refused, not passed over."""
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip()[:16]).replace(tzinfo=UTC) - _AHEAD
    except (ValueError, OverflowError) as error:
        raise Refused(Code.BAD_FIELD, _("时间的格式不对。")) from error
    return (moment - _EPOCH) // timedelta(milliseconds=MINUTE_MS)
