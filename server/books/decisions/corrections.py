"""Requests for correction as staff read them: what was said, until when it must be answered, and who may have seen it (E8)."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from schemas.central_entry import Answer, Correct
from server.books.dates import iso_date, iso_time, local_day
from server.books.decisions.correct import INFO, first_answer, request_of
from server.keys import Keys
from server.limits import CORRECTION_WITNESSES_LISTED_MAX
from server.models.correction import Correction
from server.models.derived import RecordRow
from server.reconcile.policy import MINUTE_MS
from server.workdays.calendar import Calendar, Missing
from sync.errors import Refused
from sync.seal import unseal

ANSWER_WORKDAYS = 10
"""Working days in which a request is answered, after the day on which it was made."""

NEAR_MS = 30 * MINUTE_MS
"""E8: whoever was signed in at the site within this of the time in question may have seen it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A request. due: local date ("" if the table of `year_missing` is not there). witnesses: numbers, at most so many."""

    request: str
    volunteer: str
    site: str
    record: str
    came: str
    left: str
    asked: str
    due: str
    year_missing: int
    said: str
    witnesses: list[str]
    outcome: str
    why: str


def read_corrections(
    connection: Connection, keys: Keys, calendar: Calendar, *, only_open: bool = False
) -> list[Listed]:
    """Give requests, the oldest first; without those that are answered, if so wished."""
    query = select(Correction.hash, Correction.body).order_by(Correction.asked_ms, Correction.hash)
    found = []
    for row in connection.execute(query).all():
        answer = first_answer(connection, bytes(row.hash))
        request = request_of(bytes(row.body))
        listed = told(connection, bytes(row.hash), (request, answer), keys, calendar)
        if not (only_open and listed.outcome):
            found.append(listed)
    return found


def told(
    connection: Connection,
    hash_: bytes,
    asked: tuple[Correct, Answer | None],
    keys: Keys,
    calendar: Calendar,
) -> Listed:
    """Give a request, with its answer if there is one, as staff read it."""
    request, answer = asked
    due = due_of(request.asked_ms, calendar)
    return Listed(
        request=hash_.hex(),
        volunteer=request.who,
        site=request.site,
        record=request.record.hex(),
        came=iso_time(request.from_ms) if request.from_ms else "",
        left=iso_time(request.to_ms) if request.to_ms else "",
        asked=iso_time(request.asked_ms),
        due="" if isinstance(due, Missing) else iso_date(due),
        year_missing=due.year if isinstance(due, Missing) else 0,
        said=_said(keys, request),
        witnesses=_witnesses(connection, request),
        outcome=answer.outcome if answer else "",
        why=answer.why if answer else "",
    )


def due_of(asked_ms: int, calendar: Calendar) -> int | Missing:
    """Give the local date by which a request must be answered, or which year's table of workdays is missing."""
    return calendar.workdays_after(local_day(asked_ms), ANSWER_WORKDAYS)


def _said(keys: Keys, request: Correct) -> str:
    try:
        plain = unseal(keys.seal.private_bytes_raw(), request.details, INFO)
    except Refused:
        return ""  # sealed to a key that is not here any more: the request stands all the same
    return plain.decode("utf-8", "replace")


def _witnesses(connection: Connection, request: Correct) -> list[str]:
    """Give whoever else was signed in at that site within 30 minutes of a time in question, in order."""
    times = [at for at in (request.from_ms, request.to_ms) if at]
    if not times or not request.site:
        return []
    near = [
        (RecordRow.in_ms <= at + NEAR_MS)
        & ((RecordRow.out_ms >= at - NEAR_MS) | (RecordRow.in_ms >= at - NEAR_MS))
        for at in times
    ]
    query = (
        select(RecordRow.who)
        .where(RecordRow.site == request.site, RecordRow.who != request.who, or_(*near))
        .distinct()
        .order_by(RecordRow.who)
        .limit(CORRECTION_WITNESSES_LISTED_MAX)
    )
    return sorted(connection.scalars(query))
