"""Object to somebody on a list, and answer that. What is said is sealed; an answer that agrees takes the person off the list."""

from dataclasses import dataclass

from schemas.central_entry import Answer, Object
from schemas.vocabulary import Code, Outcome
from server.access.part import EVERYTHING, Part
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.central import Central
from server.certificates.issue import require_reviewer
from server.database import Database
from server.keys import Keys
from server.stars.lists import find_list, find_objection
from server.stars.on_lists import those_within
from sync.errors import Refused
from sync.seal import seal, unseal

INFO = b"redvest-object-1"
"""The `info` for what somebody says (`docs/protocol.md`, `object`)."""


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection as it stands. already: it was there, and nothing was written now."""

    objection: str
    volunteer: str
    already: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """An objection that is answered, and to which list. already: it was before, and nothing was written now."""

    objection: str
    list: str
    volunteer: str
    outcome: str
    already: bool


def object_to(
    database: Database,
    central: Central,
    prefix: str,
    who: str,
    words: str,
    *,
    by: str,
    part: Part = EVERYTHING,
) -> Objected:
    """Write down an objection to somebody on a list. The same words again change nothing, while they wait for an answer.

    Raise `Refused`: `not_found` for no such list, or nobody within the part on it; `concluded`.
    """
    sealed = seal(central.keys.seal_public, words.encode(), INFO)
    with database.read() as connection:
        found = find_list(connection, prefix)
        mine = those_within(connection, [who], part)
    if who not in mine & {row[0] for row in found.rows}:
        raise Refused(Code.NOT_FOUND, f"名单上没有 / not on the list: {who}")
    if found.end is not None:
        raise Refused(Code.CONCLUDED, "名单已确定 / the list is concluded")
    for one in found.objections:
        if one.entry.who == who and one.answer is None and said(central.keys, one.entry) == words:
            return Objected(one.hash.hex(), who, already=True)
    now_ms = central.clock.wall_ms()
    entry = Object(*central_rows.UNSTAMPED, found.hash, who, now_ms, sealed, by)
    with database.write_facts() as connection:
        written = central_rows.write_entry(connection, central, entry)
    return Objected(written.hash.hex(), who, already=False)


def answer_objection(
    database: Database,
    central: Central,
    actor: Actor,
    prefix: str,
    outcome: Outcome,
    why: str,
    *,
    part: Part = EVERYTHING,
) -> Settled:
    """Answer an objection. The same answer again changes nothing.

    Raise `Refused`: `role_too_low`; `not_found`, also for somebody beyond the part; `own_hours` for the person; `answered`
    for one with another answer; `concluded`.
    """
    require_reviewer(actor)
    with database.read() as connection:
        found, of = find_objection(connection, prefix)
        who = found.entry.who
        if who not in those_within(connection, [who], part):
            raise Refused(Code.NOT_FOUND, f"没有这个异议 / no such objection: {prefix}")
    if actor.number == who:
        raise Refused(
            Code.OWN_HOURS, "不能答复关于自己的异议 / nobody answers what is said of them"
        )
    if found.answer is not None:
        if found.answer.outcome != outcome:
            words = f"已答复 {found.answer.outcome} / was answered: {found.answer.outcome}"
            raise Refused(Code.ANSWERED, words)
        return Settled(found.hash.hex(), of.hash.hex(), who, str(outcome), already=True)
    if of.end is not None:
        raise Refused(Code.CONCLUDED, "名单已确定 / the list is concluded")
    entry = Answer(*central_rows.UNSTAMPED, found.hash, str(outcome), b"", why, actor.number)
    with database.write_facts() as connection:
        central_rows.write_entry(connection, central, entry)
    return Settled(found.hash.hex(), of.hash.hex(), who, str(outcome), already=False)


def said(keys: Keys, entry: Object) -> str:
    """Give what was said; "" where it was sealed to a key that is not here any more."""
    try:
        return unseal(keys.seal.private_bytes_raw(), entry.details, INFO).decode("utf-8", "replace")
    except Refused:
        return ""
