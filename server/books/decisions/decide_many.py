"""Decide on many records at once: all that one rule holds. The effect is told in numbers first; one transaction, one mark."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Connection, select

from schemas.vocabulary import Action, Code
from server.access.part import EVERYTHING, Part
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Planned, Reasons, plan, tried_all, write
from server.books.decisions.draft import Wish
from server.books.derive.person_now import Minutes, Now, add_minutes, minutes, no_minutes, read_now
from server.books.hours import Span
from server.central import Central
from server.database import Database
from server.limits import BULK_DECISIONS_MAX
from server.models.derived import FindingRow
from server.reconcile.facts import Severity
from server.reconcile.minutes import day_of
from sync.errors import Refused

ACTIONS = frozenset({Action.APPROVE, Action.REFUSE})
"""What can be done to many records alike."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Which records: those that `rule` holds, at a site ("": any), that begin within the span."""

    rule: str
    action: Action
    site: str = ""
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that this person may not decide on, or that somebody has decided on."""

    volunteer: str
    record: str
    code: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What was decided, or (dry run) would be. before, after: minutes of the people concerned. mark: takes all back at once."""

    records: int
    people: int
    already: int
    before: Minutes
    after: Minutes
    left_out: list[LeftOut]
    mark: str


def decide_many(
    database: Database,
    central: Central,
    actor: Actor,
    sweep: Sweep,
    reasons: Reasons,
    *,
    is_dry: bool = False,
    part: Part = EVERYTHING,
) -> Swept:
    """Approve or refuse all records within a part that a rule holds. The same again changes nothing.

    Raise `Refused`: `bad_field` for another action; `too_large` for more than `BULK_DECISIONS_MAX`; `changed_since`.
    """
    if sweep.action not in ACTIONS:
        raise Refused(Code.BAD_FIELD, "只能批量认可或不计 / many records are approved or refused")
    with database.read() as connection:
        planned: list[Planned] = []
        left_out: list[LeftOut] = []
        held = _held(connection, sweep, part)
        people = read_now(connection, sorted({who for who, _ in held}))
        for now in people.values():
            _plan_person(now, held, sweep, actor, reasons, planned, left_out)
        todo = [each for each in planned if not each.already]
        before, after = _effect(people.values(), todo, actor)
    mark = _mark(actor, sweep, todo)
    if todo and not is_dry:
        with database.write_facts() as connection:
            write(connection, central, actor, [(each, reasons) for each in todo], mark=mark)
    concerned = {each.now.who for each in todo}
    return Swept(
        len(todo),
        len(concerned),
        len(planned) - len(todo),
        before,
        after,
        sorted(left_out, key=lambda one: (one.volunteer, one.record)),
        mark.hex() if todo else "",
    )


def _held(connection: Connection, sweep: Sweep, part: Part) -> set[tuple[str, bytes]]:
    """Give whom and which record the rule holds."""
    query = select(FindingRow.about, FindingRow.record).where(
        FindingRow.rule == sweep.rule,
        FindingRow.severity != Severity.NOTE.value,
        FindingRow.record != b"",
    )
    if not part.is_all:
        f = FindingRow
        query = query.where(part.records_within(f.site, f.team, f.region))
    if sweep.site:
        query = query.where(FindingRow.site == sweep.site)
    rows = connection.execute(query.distinct().limit(BULK_DECISIONS_MAX + 1)).all()
    if len(rows) > BULK_DECISIONS_MAX:
        words = f"超过 {BULK_DECISIONS_MAX} 条，请缩小范围 / too many, narrow it down"
        raise Refused(Code.TOO_LARGE, words)
    return {(who, bytes(record)) for who, record in rows}


def _plan_person(
    now: Now,
    held: set[tuple[str, bytes]],
    sweep: Sweep,
    actor: Actor,
    reasons: Reasons,
    planned: list[Planned],
    left_out: list[LeftOut],
) -> None:
    for record in now.meaning.records:
        inside = sweep.span.first <= day_of(record.in_ms) <= sweep.span.last
        if (now.who, record.id) not in held or not inside:
            continue
        wish = Wish(now.who, record.id.hex(), sweep.action, settles=sweep.rule)
        try:
            planned.append(plan(now, actor, wish, reasons))
        except Refused as refused:
            left_out.append(LeftOut(now.who, record.id.hex(), str(refused.code)))


def _effect(people: Iterable[Now], todo: list[Planned], actor: Actor) -> tuple[Minutes, Minutes]:
    before, after = no_minutes(), no_minutes()
    for now in people:
        own = [each for each in todo if each.now is now]
        if own:
            add_minutes(before, minutes(now.meaning))
            add_minutes(after, minutes(now.again(tried_all(own, actor))))
    return before, after


def _mark(actor: Actor, sweep: Sweep, todo: list[Planned]) -> bytes:
    """Give what is common to these decisions: the same ones have the same."""
    whole = sha256(f"{actor.number}\n{sweep.rule}\n{sweep.action}\n".encode())
    for draft in sorted(draft.record for each in todo for draft in each.drafts):
        whole.update(draft)
    return whole.digest()[:16]
