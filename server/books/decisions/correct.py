"""Correct: a volunteer says that something is wrong, and it is answered (E8). Both are entries of the central log.

What they say in words is sealed to the centre. A request changes nothing by itself: a decision does, and the answer names it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from schemas.central_entry import Answer, Correct
from schemas.vocabulary import Code, Outcome
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.books.decisions.decisions_on import record_of
from server.books.derive.identities import read_identities
from server.central import Central
from server.central_order import order_of, placed
from server.database import Database
from server.models.central_place import CentralPlace
from server.models.correction import Correction, CorrectionAnswer
from server.models.epoch import Epoch
from server.models.log import Log
from server.models.volunteer import Volunteer
from server.people.sites import site_exists
from sync.canonical import understand
from sync.errors import Refused
from sync.seal import seal

INFO = b"redvest-correct-1"
"""The `info` for what a volunteer says (`docs/protocol.md`, `correct`)."""

HEX_MIN = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What a volunteer says, in their `words`.

    from_ms, to_ms: when they came and left (0: they do not say). record: hash, or empty.
    """

    number: str
    site: str
    record: bytes
    from_ms: int
    to_ms: int
    asked_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class Requested:
    """A request as it stands. already: it was there before, and nothing was done now."""

    volunteer: str
    request: str
    already: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it stands. already: it was given before, and nothing was done now."""

    volunteer: str
    request: str
    outcome: str
    already: bool


def correct(database: Database, central: Central, said: Said, *, by: str = "") -> Requested:
    """Write a request down; `by`: who does it for the volunteer. The same again changes nothing.

    Raise `Refused`: `not_found` for a number or site of nobody; `bad_field` for times that make no sense.
    """
    if said.from_ms and said.to_ms and said.from_ms >= said.to_ms:
        raise Refused(Code.BAD_FIELD, "时间不合理 / the times make no sense")
    sealed = seal(central.keys.seal_public, said.words.encode(), INFO)
    entry = Correct(
        *central_rows.UNSTAMPED,
        who=said.number,
        site=said.site,
        record=said.record,
        from_ms=said.from_ms,
        to_ms=said.to_ms,
        asked_ms=said.asked_ms,
        details=sealed,
        by=by,
    )
    with database.write_facts() as connection:
        known = select(Volunteer.number).where(Volunteer.number == said.number).limit(1)
        if connection.scalar(known) is None:
            raise Refused(Code.NOT_FOUND, f"没有志愿者 / no volunteer: {said.number}")
        if said.site and not site_exists(connection, said.site):
            raise Refused(Code.NOT_FOUND, f"没有站点 / no site: {said.site}")
        there = _same(connection, entry)
        if there:
            return Requested(said.number, there, already=True)
        appended = central_rows.write_entry(connection, central, entry)
    return Requested(said.number, appended.hash.hex(), already=False)


def answer_correction(
    database: Database,
    central: Central,
    actor: Actor,
    prefix: str,
    outcome: Outcome,
    why: str,
    decision: bytes = b"",
) -> Answered:
    """Answer a request, by its hash in hex or how that begins. The same answer again changes nothing.

    Raise `Refused`: `not_found` for no such request or decision; `answered` for one that has another answer; `own_hours`;
    `bad_field` where something was agreed and no decision is named.
    """
    if (outcome is Outcome.DECLINED) == bool(decision):
        raise Refused(
            Code.BAD_FIELD,
            "同意须附决定，不同意则不附 / what is agreed names a decision, else none",
        )
    with database.write_facts() as connection:
        request_hash, request = find_request(connection, prefix)
        if actor.number == request.who:
            raise Refused(Code.OWN_HOURS, "不能答复自己的申诉 / nobody answers their own request")
        there = first_answer(connection, request_hash)
        if there is not None:
            if (there.outcome, there.decision) != (outcome, decision):
                raise Refused(
                    Code.ANSWERED, f"已答复 {there.outcome} / was answered: {there.outcome}"
                )
            return Answered(request.who, request_hash.hex(), outcome, already=True)
        if decision and not _is_on(connection, decision, request.who):
            raise Refused(Code.NOT_FOUND, "没有这个决定 / no such decision")
        entry = Answer(*central_rows.UNSTAMPED, request_hash, outcome, decision, why, actor.number)
        central_rows.write_entry(connection, central, entry)
    return Answered(request.who, request_hash.hex(), outcome, already=False)


def find_request(connection: Connection, prefix: str) -> tuple[bytes, Correct]:
    """Find a request by its hash in hex, or how that begins. Raise `Refused(not_found)` for none, or several."""
    if not HEX_MIN <= len(prefix) <= 64 or set(prefix) - set("0123456789abcdef"):
        raise Refused(Code.NOT_FOUND, "不是申诉的编号 / not the hash of a request")
    first, last = (bytes.fromhex(prefix + fill * (64 - len(prefix))) for fill in "0f")
    query = select(Correction.hash, Correction.body).where(Correction.hash.between(first, last))
    rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1:
        raise Refused(Code.NOT_FOUND, f"没有这个申诉 / no such request: {prefix}")
    return bytes(rows[0].hash), request_of(bytes(rows[0].body))


def request_of(body: bytes) -> Correct:
    """Read a request from its entry's bytes."""
    entry = understand(body)
    if not isinstance(entry, Correct):
        raise TypeError("the row of a request holds another entry")
    return entry


def first_answer(connection: Connection, request: bytes) -> Answer | None:
    """Give the first answer to a request in central order."""
    return first_answers(connection, [request]).get(request)


def first_answers(connection: Connection, requests: Collection[bytes]) -> dict[bytes, Answer]:
    """Give the first answer to each of these requests that has one, in central order."""
    answers = select(CorrectionAnswer.request, CorrectionAnswer.body)
    told = placed(answers, CorrectionAnswer.hash).where(CorrectionAnswer.request.in_(requests))
    rows = sorted(connection.execute(told), key=lambda r: order_of(r.rank, r.seq), reverse=True)
    return {bytes(row.request): answer_of(bytes(row.body)) for row in rows}


def with_answer(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Ask for requests with their answers, the first in central order first: `answer` is its body, None without one."""
    a = CorrectionAnswer
    told = query.add_columns(a.body.label("answer")).outerjoin(a, a.request == Correction.hash)
    told = told.outerjoin(CentralPlace, CentralPlace.hash == a.hash)
    told = told.outerjoin(Log, Log.id == CentralPlace.log)
    return told.outerjoin(Epoch, Epoch.central == Log.name).order_by(
        Epoch.ordinal, CentralPlace.seq
    )


def answer_of(body: bytes) -> Answer:
    """Read an answer from its entry's bytes."""
    entry = understand(body)
    if not isinstance(entry, Answer):
        raise TypeError("the row of an answer holds another entry")
    return entry


def _same(connection: Connection, entry: Correct) -> str:
    """Give the hash of a request that says the same and is not answered yet, "" if there is none."""
    query = select(Correction.hash, Correction.body).where(Correction.who == entry.who)
    told = (entry.site, entry.record, entry.from_ms, entry.to_ms)
    for row in connection.execute(query.order_by(Correction.hash)).all():
        other = request_of(bytes(row.body))
        same = (other.site, other.record, other.from_ms, other.to_ms) == told
        if same and first_answer(connection, bytes(row.hash)) is None:
            return bytes(row.hash).hex()
    return ""


def _is_on(connection: Connection, decision: bytes, who: str) -> bool:
    """Tell whether a decision is on a record of a person, under any of their numbers: another's answers nothing."""
    found = record_of(connection, decision.hex())
    if found is None:
        return False
    who_is = read_identities(connection, [who, found[0]])
    return who_is.keeper(found[0]) == who_is.keeper(who)
