"""A decision as a form says it: what is to be done, to which minutes, with which other records."""

from datetime import UTC, datetime, timedelta

from flask import request

from schemas.limits import DECISION_OTHERS_MAX
from schemas.vocabulary import Action, Code
from server.books.dates import SHANGHAI_MS
from server.books.decisions.draft import Wish
from server.books.review.look import Looked
from server.books.review.suggest import leading, settled_by
from server.console import form
from server.reconcile.policy import MINUTE_MS
from sync.errors import Refused

ACTIONS = tuple(action for action in Action if action is not Action.UNDO)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(milliseconds=SHANGHAI_MS)
_SPANS = 4
"""Stretches of time that a form has room for."""


def read_wish(number: str, looked: Looked) -> Wish:
    """Read the form. Raise `Refused` (`bad_field`) for what is no action or no time, and for too many others."""
    sent = request.form
    try:
        action = Action(sent.get("action", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "action") from error
    spans = [span for at in range(_SPANS) if (span := _span(at)) != (None, None)]
    others = tuple(sent.getlist("others"))
    if len(others) > DECISION_OTHERS_MAX:
        raise Refused(Code.BAD_FIELD, "others")
    with_times = action in (Action.ADJUST, Action.ATTEST, Action.SPLIT)
    with_others = action in (Action.JOIN, Action.CHOOSE)
    return Wish(
        number,
        looked.entry.hex(),
        action,
        tuple(spans) if with_times else (),
        others if with_others else (),
        settled_by(leading(looked.findings, sent.get("settles", ""))),
    )


def local_input(minute: int | None) -> str:
    """Write a minute (since 1970-01-01 UTC) as fields of local time have it; "" for none."""
    if minute is None:
        return ""
    return (_EPOCH + _AHEAD + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M")


def _span(at: int) -> tuple[int | None, int | None]:
    return _minute(f"since{at}"), _minute(f"until{at}")


def _minute(field: str) -> int | None:
    moment = form.moment(field)
    return None if moment is None else moment // MINUTE_MS
