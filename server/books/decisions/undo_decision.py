"""Undo decisions by counter-decisions: one, or all that were made at once. What was decided before counts again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.central_entry import Decide
from schemas.vocabulary import Action, Code
from server.access.part import EVERYTHING, Part
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.books.decisions.decisions_on import record_of
from server.books.derive.person_now import Minutes, Now, add_minutes, minutes, no_minutes, read_now
from server.books.derive.queue import queue_people
from server.books.derive.settled import decision_of
from server.books.within import require_records
from server.central import Central
from server.central_order import BEHIND_ALL
from server.database import Database
from server.limits import BULK_DECISIONS_MAX
from server.models.decision import Decision as Row
from server.reconcile.facts import Decision
from sync.errors import Refused

HEX_MIN = 6


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, or (dry run) would be. already: all of it was before."""

    decisions: list[str]
    people: int
    already: bool
    before: Minutes
    after: Minutes


def undo_decision(
    database: Database,
    central: Central,
    actor: Actor,
    prefix: str,
    why: str,
    *,
    is_dry: bool = False,
    part: Part = EVERYTHING,
) -> Undone:
    """Take back the decision whose hash, or the decisions whose common mark, in hex, begins so: all of them within the part.

    Raise `Refused`: `not_found`; `own_hours` where the actor is concerned.
    """
    with database.read() as connection:
        found = _find(connection, prefix)
        people = read_now(connection, sorted({decision.who for decision in found}))
        for now in people.values():
            theirs = [d.record.hex() for d in found if d.who in now.numbers]
            require_records(connection, part, now, theirs)
        gone = {d.undoes for now in people.values() for d in now.facts.decisions}
        todo = [decision for decision in found if decision.hash not in gone]
        before, after = _effect(people.values(), todo)
    numbers = {number for now in people.values() for number in now.numbers}
    if actor.number in numbers:
        raise Refused(Code.OWN_HOURS, "不能认定自己的时长 / nobody decides on their own hours")
    if todo and not is_dry:
        with database.write_facts() as connection:
            queue_people(connection, numbers)
            for decision in todo:
                write_undo(connection, central, actor, decision, why)
    return Undone([d.hash.hex() for d in todo], len(people), not todo, before, after)


def _find(connection: Connection, prefix: str) -> list[Decision]:
    if len(prefix) < HEX_MIN or set(prefix) - set("0123456789abcdef") or len(prefix) > 64:
        raise Refused(Code.NOT_FOUND, "不是决定的编号 / not a decision's hash or mark")
    first = bytes.fromhex(prefix + "0" * (64 - len(prefix)))
    last = bytes.fromhex(prefix + "f" * (64 - len(prefix)))
    within = select(Row.hash, Row.body).where(Row.hash.between(first, last))
    whose = record_of(connection, prefix)
    if whose is not None:  # a whole hash: the index of people is enough
        within = within.where(Row.who == whose[0])
    rows = connection.execute(within.limit(2)).all()
    if len(rows) > 1:
        raise Refused(Code.NOT_FOUND, "不止一个 / several begin so")
    if not rows:
        marked = select(Row.hash, Row.body).where(
            Row.mark.between(first[:16], last[:16]), Row.mark != b""
        )
        rows = connection.execute(
            marked.order_by(Row.who, Row.hash).limit(BULK_DECISIONS_MAX + 1)
        ).all()
    found = [decision_of(bytes(body), bytes(hash_), 0) for hash_, body in rows]
    if not found or any(decision.undoes for decision in found):
        raise Refused(Code.NOT_FOUND, "没有这个决定 / no such decision")
    return found


def _effect(people: Iterable[Now], todo: Sequence[Decision]) -> tuple[Minutes, Minutes]:
    """Give the minutes of these people before and after."""
    before, after = no_minutes(), no_minutes()
    for now in people:
        tried = [_tried(decision) for decision in todo if decision.who in now.numbers]
        add_minutes(before, minutes(now.meaning))
        add_minutes(after, minutes(now.again(tried)))
    return before, after


def _tried(old: Decision) -> Decision:
    return old._replace(order=BEHIND_ALL, hash=old.hash[::-1], intervals=(), undoes=old.hash)


def write_undo(
    connection: Connection, central: Central, actor: Actor, old: Decision, why: str
) -> None:
    """Write the entry that takes a decision back, in the caller's transaction."""
    entry = Decide(
        *central_rows.UNSTAMPED,
        who=old.who,
        record=old.record,
        site=old.site,
        post=old.post,
        action=Action.UNDO,
        intervals=(),
        evidence=b"",
        settles=old.settles,
        why=why,
        by=actor.number,
        role=actor.role,
        undoes=old.hash,
    )
    central_rows.write_entry(connection, central, entry)
