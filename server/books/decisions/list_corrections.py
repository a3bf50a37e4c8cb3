"""Requests for correction within a part of the tree, the oldest first, a page at a time (E8)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, true

from schemas.central_entry import Answer
from schemas.vocabulary import Code
from server.access.part import Part
from server.books.dates import iso_date
from server.books.decisions.correct import answer_of, first_answers, request_of, with_answer
from server.books.decisions.corrections import Listed, due_of, told
from server.keys import Keys
from server.models.correction import Correction, CorrectionAnswer
from server.models.now import VolunteerNow
from server.workdays.calendar import Calendar, Missing
from sync.errors import Refused

REQUESTS_A_PAGE = 50
_HASH_HEX = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A request in a list. request: hash in hex. due: local date ("" if the table of `year_missing` is not there)."""

    request: str
    volunteer: str
    site: str
    asked_ms: int
    due: str
    year_missing: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of requests. after: where the next begins ("" for none)."""

    rows: list[Asked]
    after: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads requests: their part of the tree, the keys that open what was said, the calendar of working days."""

    part: Part
    keys: Keys
    calendar: Calendar


def list_corrections(
    connection: Connection,
    reader: Reader,
    *,
    only_open: bool = True,
    after: str = "",
    limit: int = REQUESTS_A_PAGE,
) -> Page:
    """Give requests, the oldest first; after: behind this one, as the last page said."""
    query = _within(reader.part).order_by(Correction.asked_ms, Correction.hash)
    if only_open:
        query = query.where(~exists().where(CorrectionAnswer.request == Correction.hash))
    found = connection.execute(query.where(_behind(after)).limit(limit + 1)).all()
    shown = found[:limit]
    answers = first_answers(connection, [bytes(row.hash) for row in shown])
    rows = [_asked(row, answers.get(bytes(row.hash)), reader.calendar) for row in shown]
    last = found[limit - 1] if len(found) > limit else None
    return Page(rows, f"{last.asked_ms}-{bytes(last.hash).hex()}" if last else "")


def _asked(row: Any, answer: Answer | None, calendar: Calendar) -> Asked:
    due = due_of(row.asked_ms, calendar)
    return Asked(
        bytes(row.hash).hex(),
        row.who,
        row.site,
        row.asked_ms,
        "" if isinstance(due, Missing) else iso_date(due),
        due.year if isinstance(due, Missing) else 0,
        answer.outcome if answer else "",
    )


def read_correction(connection: Connection, reader: Reader, hash_: str) -> Listed:
    """Give one request. Raise `Refused(not_found)` for one that is not there, or not within the part."""
    if len(hash_) != _HASH_HEX or set(hash_) - set("0123456789abcdef"):
        raise Refused(Code.NOT_FOUND, "没有这个申诉 / no such request")
    query = with_answer(_within(reader.part).where(Correction.hash == bytes.fromhex(hash_)))
    row = connection.execute(query.limit(1)).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "没有这个申诉 / no such request")
    answer = None if row.answer is None else answer_of(bytes(row.answer))
    asked = request_of(bytes(row.body)), answer
    return told(connection, bytes(row.hash), asked, reader.keys, reader.calendar)


def _within(part: Part) -> Select[bytes, int, str, str, bytes]:
    """Ask for requests about a site within the part, or by a person within it."""
    query = select(
        Correction.hash, Correction.asked_ms, Correction.who, Correction.site, Correction.body
    )
    if part.is_all:
        return query
    joined = query.outerjoin(VolunteerNow, VolunteerNow.number == Correction.who)
    by_person = part.people_within(VolunteerNow.team, VolunteerNow.region)
    return joined.where(or_(part.sites_within(Correction.site), by_person))


def _behind(after: str) -> ColumnElement[bool]:
    asked, _, hash_ = after.partition("-")
    if not asked.isdigit() or len(hash_) != _HASH_HEX or set(hash_) - set("0123456789abcdef"):
        return true()
    at, key = int(asked), bytes.fromhex(hash_)
    return or_(Correction.asked_ms > at, and_(Correction.asked_ms == at, Correction.hash > key))
