"""Decide: a person settles what minutes of a record are. One transaction; deciding the same again changes nothing.

What is decided is looked at first, outside that transaction; if somebody else decided meanwhile, or a fact came that changes
what was seen, nothing is written and the person is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.central_entry import Decide
from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.books.decisions.draft import Draft, Wish, draft
from server.books.decisions.may_decide import require_other_person, require_role, require_second
from server.books.derive.person_now import Minutes, Now, minutes, read_now
from server.books.derive.queue import queue_people
from server.books.derive.settled import VERDICTS, read_settled
from server.books.within import require_records
from server.central import Central
from server.central_order import BEHIND_ALL
from server.database import Database
from server.reconcile.facts import Decision
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why. second: the other person, where two are needed. seen: the token of what was looked at ("": what is there now)."""

    why: str
    second: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """Decisions that may be made. before, after: the person's minutes by verdict, all records together."""

    now: Now
    drafts: list[Draft]
    wish: Wish
    before: Minutes
    after: Minutes
    already: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, or (dry run) would be. already: it was before, and nothing was done now. seen: token for the next."""

    volunteer: str
    record: str
    action: str
    decisions: list[str]
    already: bool
    before: Minutes
    after: Minutes
    seen: str


def decide(
    database: Database,
    central: Central,
    actor: Actor,
    wish: Wish,
    reasons: Reasons,
    *,
    is_dry: bool = False,
    part: Part = EVERYTHING,
) -> Decided:
    """Decide on a record, as its person is derived now. is_dry: only say what would be. part: what lies outside is not found.

    Raise `Refused`: `not_found`, `bad_field`, `own_hours`, `own_entry`, `second_needed`, `role_too_low`, `changed_since`,
    `already_decided`.
    """
    with database.read() as connection:
        now = now_of(connection, wish.number)
        require_records(connection, part, now, (wish.record, *wish.others))
        planned = plan(now, actor, wish, reasons)
    hashes: list[bytes] = []
    if not is_dry and not planned.already:
        with database.write_facts() as connection:
            hashes = write(connection, central, actor, [(planned, reasons)], mark=b"")
    return _decided(planned, hashes)


def now_of(connection: Connection, number: str) -> Now:
    """Read a person by any of their numbers."""
    found = read_now(connection, [number])
    return next(now for now in found.values() if number in now.numbers)


def plan(now: Now, actor: Actor, wish: Wish, reasons: Reasons) -> Planned:
    """Say what a wish would do, and refuse what this actor may not."""
    drafts = draft(wish, now)
    require_other_person(now, drafts, [actor.number, *([reasons.second] if reasons.second else [])])
    require_second(now, drafts, wish.settles, actor.number, reasons.second)
    before = minutes(now.meaning)
    if _is_made(now, drafts, wish):
        return Planned(now, drafts, wish, before, before, already=True)
    _require_seen(now, drafts, reasons.seen)
    tried = [_tried(now, each, wish, actor) for each in drafts]
    after = now.again(tried)
    require_role(now, drafts, after, actor)
    return Planned(now, drafts, wish, before, minutes(after), already=False)


def tried_all(planned: Sequence[Planned], actor: Actor) -> list[Decision]:
    """Give planned decisions as if they were made."""
    return [_tried(p.now, one, p.wish, actor) for p in planned for one in p.drafts]


def write(
    connection: Connection,
    central: Central,
    actor: Actor,
    planned: Sequence[tuple[Planned, Reasons]],
    *,
    mark: bytes,
) -> list[bytes]:
    """Write decisions, and queue whom they concern. Refuse all (`changed_since`) if somebody decided since they were planned."""
    numbers = {number for each, _ in planned for number in each.now.numbers}
    queue_people(
        connection, numbers
    )  # before the central log, as imports do; it also lets one writer in at a time
    known = {d.hash for each, _ in planned for d in each.now.facts.decisions}
    there = read_settled(connection, sorted(numbers))
    if {d.hash for settled in there.values() for d in settled.decisions} != known:
        words = "另有人刚作了决定，请重新查看 / somebody else has just decided: look again"
        raise Refused(Code.CHANGED_SINCE, words)
    hashes = []
    for each, reasons in planned:
        for one in each.drafts:
            entry = _entry(each, one, actor, reasons, mark)
            hashes.append(bytes(central_rows.write_entry(connection, central, entry).hash))
    return hashes


def _is_made(now: Now, drafts: Sequence[Draft], wish: Wish) -> bool:
    """Tell whether the last decision on each record says the same, on the same evidence."""
    for each in drafts:
        last = now.decisions_on(each.record)
        if not last or (last[-1].intervals, last[-1].action) != (each.intervals, wish.action):
            return False
        if last[-1].evidence != now.evidence(each.record, each.others):
            return False
    return True


def _require_seen(now: Now, drafts: Sequence[Draft], seen: str) -> None:
    record = drafts[0].record
    if seen and seen != now.token(record):
        words = "查看之后有变化，请重新查看 / changed since you looked: look again"
        raise Refused(Code.CHANGED_SINCE, words)
    if not seen and now.decisions_on(record):
        last = now.decisions_on(record)[-1]
        words = (
            f"{last.by} 已作决定 {last.action} / {last.by} has decided: {last.action}; "
            f"要改请给 / to change it, give --seen {now.token(record)}"
        )
        raise Refused(Code.ALREADY_DECIDED, words)


def _tried(now: Now, each: Draft, wish: Wish, actor: Actor) -> Decision:
    return Decision(
        BEHIND_ALL,
        each.record,
        each.who,
        each.record,
        each.site,
        each.intervals,
        now.evidence(each.record, each.others),
        actor.number,
        wish.action,
        wish.settles,
        others=each.others,
        post=each.post,
    )


def _entry(each: Planned, one: Draft, actor: Actor, reasons: Reasons, mark: bytes) -> Decide:
    return Decide(
        *central_rows.UNSTAMPED,
        who=one.who,
        record=one.record,
        site=one.site,
        post=one.post,
        action=each.wish.action,
        intervals=tuple((a, b, VERDICTS.index(verdict)) for a, b, verdict in one.intervals),
        evidence=each.now.evidence(one.record, one.others),
        settles=each.wish.settles,
        why=reasons.why,
        by=actor.number,
        role=actor.role,
        second=reasons.second,
        mark=mark,
        others=one.others,
    )


def _decided(planned: Planned, hashes: Sequence[bytes]) -> Decided:
    record = planned.drafts[0].record
    return Decided(
        planned.now.who,
        record.hex(),
        planned.wish.action,
        [each.hex() for each in hashes],
        planned.already,
        planned.before,
        planned.after,
        planned.now.token(record),
    )
