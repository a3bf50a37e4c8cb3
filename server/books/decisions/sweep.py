"""Sweeps: one decision on many records. What it would do is worked out first, record by record; then it is decided in steps.

What is swept is written down when the sweep begins, with what was seen of each record: nothing that comes later is decided
unseen, and a step that is sent twice, or was cut off, does nothing twice. All decisions carry the sweep's mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection, Row, exists, func, insert, not_, select, update

from schemas.vocabulary import Action, Code
from server import bulk
from server.access.part import Part
from server.books.decisions.decide_many import ACTIONS
from server.books.review.open_findings import Queued, find_places, read_queue
from server.books.review.sought import Place, Sought
from server.limits import BULK_DECISIONS_MAX, SWEEP_LEFT_LISTED_MAX, SWEEPS_LISTED_MAX
from server.models.sweep import SweepItem, SweepRow
from sync.errors import Refused


class Phase(StrEnum):
    """How far a sweep is. Only `ready` and `done` wait for a person; in `undone` all is as it was."""

    LOOKING = "looking"
    READY = "ready"
    DECIDING = "deciding"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


STEPPING = frozenset({Phase.LOOKING, Phase.DECIDING, Phase.UNDOING})
"""Phases that go on by themselves, step by step."""

TURNS = {"decide": (Phase.READY, Phase.DECIDING), "undo": (Phase.DONE, Phase.UNDOING)}
"""What a person can have done with a sweep, from which phase on."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Who begins a sweep, with what. asked: the filters as the address has them, to be shown; places: None for all sought."""

    account: int
    number: str
    now_ms: int
    action: Action
    asked: str
    sought: Sought
    places: Sequence[Place] | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not decided, and why."""

    who: str
    record: str
    rule: str
    code: str


def gather(connection: Connection, part: Part, begin: Beginning) -> list[Queued]:
    """Give the findings to sweep, each record once, by person.

    Raise `Refused`: `bad_field` for another action, or where nothing is found; `too_large` for more than `BULK_DECISIONS_MAX`.
    """
    if begin.action not in ACTIONS:
        raise Refused(Code.BAD_FIELD, "只能批量认可或不计 / many records are approved or refused")
    if begin.places is not None:
        found = find_places(connection, part, begin.places)
    else:
        found = read_queue(connection, part, begin.sought, None, BULK_DECISIONS_MAX + 1)
    once = {(one.place.about, entry_of(one)): one for one in reversed(found) if entry_of(one)}
    if len(found) > BULK_DECISIONS_MAX:
        words = f"超过 {BULK_DECISIONS_MAX} 条，请缩小范围 / too many, narrow it down"
        raise Refused(Code.TOO_LARGE, words)
    if not once:
        raise Refused(Code.BAD_FIELD, "没有选中任何记录 / nothing is chosen")
    return [one for _, one in sorted(once.items(), key=lambda pair: pair[0])]


def entry_of(one: Queued) -> str:
    """Give the entry that a decision on a finding names: the record's, or the lone sign-out ("": it is about neither)."""
    return one.found.record or (one.found.entries[0] if len(one.found.entries) == 1 else "")


def begin_sweep(connection: Connection, begin: Beginning, found: Sequence[Queued]) -> bytes:
    """Write down what is to be swept, in the caller's transaction; give the mark."""
    whole = sha256(f"{begin.account}\n{begin.now_ms}\n{begin.action}".encode())
    for one in found:
        whole.update(bytes.fromhex(entry_of(one)))
    mark = whole.digest()[:16]
    there = select(SweepRow.mark).where(SweepRow.mark == mark)
    if connection.execute(there).first() is None:
        values = {
            "mark": mark,
            "at_ms": begin.now_ms,
            "account": begin.account,
            "by": begin.number,
            "action": str(begin.action),
            "asked": begin.asked[:400],
            "phase": str(Phase.LOOKING),
            "total": len(found),
        }
        none = {c.name: "" if c.name == "why" else 0 for c in SweepRow.__table__.columns}
        connection.execute(insert(SweepRow).values({**none, **values}))
        bulk.insert(connection, SweepItem, [_item(mark, n, one) for n, one in enumerate(found)])
    return mark


def _item(mark: bytes, place: int, one: Queued) -> tuple[object, ...]:
    entry = bytes.fromhex(entry_of(one))
    whose = one.found.site, one.team, one.region
    return (mark, place, one.place.about, entry, one.found.rule, *whose, "", "")


def find_sweep(connection: Connection, part: Part, mark: str) -> Row[SweepRow] | None:
    """Give a sweep all of whose records lie within a part."""
    try:
        wanted = bytes.fromhex(mark)
    except ValueError:
        return None
    query = select(SweepRow).where(SweepRow.mark == wanted)
    if not part.is_all:
        within = part.records_within(SweepItem.site, SweepItem.team, SweepItem.region)
        query = query.where(~exists().where(SweepItem.mark == wanted, not_(within)))
    return connection.execute(query).one_or_none()


def list_sweeps(connection: Connection, account: int) -> Sequence[Row[SweepRow]]:
    """Give the sweeps of an account, the newest first: at most `SWEEPS_LISTED_MAX`."""
    query = select(SweepRow).where(SweepRow.account == account)
    return connection.execute(query.order_by(SweepRow.at_ms.desc()).limit(SWEEPS_LISTED_MAX)).all()


def left_out(connection: Connection, mark: bytes) -> tuple[dict[str, int], list[LeftOut]]:
    """Say why records are left out: how many by reason, and at most `SWEEP_LEFT_LISTED_MAX` by name."""
    ours = (SweepItem.mark == mark, SweepItem.code != "")
    counts = select(SweepItem.code, func.count()).where(*ours).group_by(SweepItem.code)
    query = select(SweepItem).where(*ours).order_by(SweepItem.place)
    rows = connection.execute(query.limit(SWEEP_LEFT_LISTED_MAX))
    named = [LeftOut(r.who, bytes(r.record).hex(), r.rule, r.code) for r in rows]
    return {row[0]: row[1] for row in connection.execute(counts)}, named


def turn(connection: Connection, mark: bytes, before: Phase, after: Phase, why: str) -> bool:
    """Let a person send a sweep on, in the caller's transaction; False where it is in another phase."""
    ours = update(SweepRow).where(SweepRow.mark == mark, SweepRow.phase == str(before))
    return connection.execute(ours.values(phase=str(after), why=why)).rowcount == 1
