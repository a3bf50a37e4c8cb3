"""The steps of a sweep: looking, deciding, undoing. Each is one transaction that moves on only from where it found the sweep."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from schemas.vocabulary import Action
from server import bulk
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Planned, Reasons, plan, tried_all, write
from server.books.decisions.draft import Wish
from server.books.decisions.sweep import Phase
from server.books.decisions.undo_decision import write_undo
from server.books.derive.person_now import Minutes, Now, add_minutes, minutes, no_minutes, read_now
from server.books.derive.queue import queue_people
from server.books.derive.settled import decision_of
from server.books.review.suggest import settled_by_rule
from server.central import Central
from server.database import Database
from server.limits import SWEEP_STEP_RECORDS
from server.models.decision import Decision
from server.models.sweep import SweepItem, SweepRow
from server.reconcile.facts import Decision as DecisionFact
from sync.errors import Refused

ActorOf = Callable[[Connection, str, str, str], Actor | None]
"""As what whoever sweeps decides on a record of a site, team and region; None where they may not."""

ALREADY, NO_RIGHT = "already", "no_right"
Items = Sequence[Row[SweepItem]]
_Swept = Row[SweepRow]


def step(database: Database, central: Central, sweep: _Swept, actor_of: ActorOf) -> None:
    """Work off the next records of a sweep; nothing where it waits for a person, or somebody else's step was quicker."""
    match Phase(sweep.phase):
        case Phase.LOOKING:
            _look(database, sweep, actor_of)
        case Phase.DECIDING:
            _decide(database, central, sweep, actor_of)
        case Phase.UNDOING:
            _undo(database, central, sweep, actor_of)
        case _:
            pass


def _look(database: Database, sweep: _Swept, actor_of: ActorOf) -> None:
    """Say of each record what a decision would do, or why there can be none, and keep what was seen."""
    said: list[tuple[str, str, bytes, int]] = []
    before, after = no_minutes(), no_minutes()
    people = set()
    with database.read() as connection:
        items = _next(connection, sweep, sweep.looked)
        for now, own in _by_person(connection, items):
            planned: list[tuple[Planned, Actor]] = []
            for item in own:
                seen = now.token(bytes(item.record))
                code = _plan(connection, now, item, sweep, actor_of, seen, planned)
                said.append((seen, code, sweep.mark, item.place))
            if planned:
                people.add(now.who)
                add_minutes(before, minutes(now.meaning))
                tried = [one for each, actor in planned for one in tried_all([each], actor)]
                add_minutes(after, minutes(now.again(tried)))
    done = sweep.looked + len(items)
    left = sum(code != "" for _, code, _, _ in said)
    values = {
        "looked": done,
        "phase": str(Phase.READY if done >= sweep.total else Phase.LOOKING),
        "todo": sweep.todo + len(items) - left,
        "left": sweep.left + left,
        "people": sweep.people + len(people),
        **_added(sweep, "before", before),
        **_added(sweep, "after", after),
    }
    with database.write_facts() as connection:
        if _move(connection, sweep, SweepRow.looked == sweep.looked, values):
            bulk.execute_many(connection, _SAID, said)


def _decide(database: Database, central: Central, sweep: _Swept, actor_of: ActorOf) -> None:
    """Decide on the next records. One on which somebody decided meanwhile, or of which more came in, is left out."""
    planned: list[tuple[Planned, Actor]] = []
    said: list[tuple[str, str, bytes, int]] = []
    with database.read() as connection:
        items = _next(connection, sweep, sweep.decided)
        for now, own in _by_person(connection, [item for item in items if not item.code]):
            for item in own:
                code = _plan(connection, now, item, sweep, actor_of, item.seen, planned)
                if code:
                    said.append((item.seen, code, sweep.mark, item.place))
    done = sweep.decided + len(items)
    phase = Phase.DONE if done >= sweep.total else Phase.DECIDING
    values = {
        "decided": done,
        "phase": str(phase),
        "left": sweep.left + len(said),
        "todo": sweep.todo - len(said),
    }
    with database.write_facts() as connection:
        if not _move(connection, sweep, SweepRow.decided == sweep.decided, values):
            return
        if said:
            bulk.execute_many(connection, _SAID, said)
        for actor in {actor for _, actor in planned}:
            mine = [(each, Reasons(sweep.why)) for each, one in planned if one == actor]
            write(connection, central, actor, mine, mark=bytes(sweep.mark))


def _undo(database: Database, central: Central, sweep: _Swept, actor_of: ActorOf) -> None:
    """Take back the next decisions of the sweep that nobody has taken back."""
    with database.read() as connection:
        items = _next(connection, sweep, sweep.undone)
        marked = _marked(connection, sweep, {item.who for item in items})
        people = read_now(connection, sorted({one.who for one in marked}))
        gone = {d.undoes for now in people.values() for d in now.facts.decisions}
        todo: list[tuple[DecisionFact, Actor]] = []
        for item in items:
            actor = actor_of(connection, item.site, item.team, item.region)
            own = [one for one in marked if one.record == bytes(item.record)]
            if actor is not None:
                todo += [(one, actor) for one in own if one.hash not in gone]
        numbers = {number for now in people.values() for number in now.numbers}
    done = sweep.undone + len(items)
    phase = Phase.UNDONE if done >= sweep.total else Phase.UNDOING
    values = {"undone": done, "phase": str(phase)}
    with database.write_facts() as connection:
        if _move(connection, sweep, SweepRow.undone == sweep.undone, values):
            queue_people(connection, numbers)
            for one, actor in todo:
                write_undo(connection, central, actor, one, sweep.why)


def _plan(
    connection: Connection,
    now: Now,
    item: Row[SweepItem],
    sweep: _Swept,
    actor_of: ActorOf,
    seen: str,
    planned: list[tuple[Planned, Actor]],
) -> str:
    """Plan a decision; give why there is none, "" where there is."""
    actor = actor_of(connection, item.site, item.team, item.region)
    if actor is None:
        return NO_RIGHT
    settles = settled_by_rule(item.rule)
    wish = Wish(item.who, bytes(item.record).hex(), Action(sweep.action), settles=settles)
    try:
        one = plan(now, actor, wish, Reasons(sweep.why, "", seen))
    except Refused as refused:
        return str(refused.code)
    if one.already:
        return ALREADY
    planned.append((one, actor))
    return ""


def _next(connection: Connection, sweep: _Swept, done: int) -> Items:
    """Give the next records, and with them the rest of the last one's person, so that nobody is counted in two steps."""
    ours = select(SweepItem).where(SweepItem.mark == sweep.mark, SweepItem.place >= done)
    rows = connection.execute(ours.order_by(SweepItem.place).limit(SWEEP_STEP_RECORDS)).all()
    if len(rows) < SWEEP_STEP_RECORDS:
        return rows
    last = rows[-1]
    more = ours.where(SweepItem.place > last.place, SweepItem.who == last.who)
    return [*rows, *connection.execute(more.order_by(SweepItem.place)).all()]


def _by_person(connection: Connection, items: Items) -> Iterable[tuple[Now, list[Row[SweepItem]]]]:
    people = read_now(connection, sorted({item.who for item in items})) if items else {}
    for now in people.values():
        yield now, [item for item in items if item.who in now.numbers]


def _marked(connection: Connection, sweep: _Swept, people: set[str]) -> list[DecisionFact]:
    query = select(Decision.hash, Decision.body).where(Decision.mark == sweep.mark)
    rows = connection.execute(query.where(Decision.who.in_(sorted(people))))
    return [decision_of(bytes(row.body), bytes(row.hash), 0) for row in rows]


def _move(connection: Connection, sweep: _Swept, at: Any, values: dict[str, Any]) -> bool:
    """Write how far the sweep is now, if it is still where it was when this step began."""
    ours = update(SweepRow).where(SweepRow.mark == sweep.mark, SweepRow.phase == sweep.phase, at)
    return connection.execute(ours.values(**values)).rowcount == 1


def _added(sweep: _Swept, when: str, more: Minutes) -> dict[str, int]:
    names = {verdict: f"{verdict}_{when}" for verdict in more}
    return {name: sweep._mapping[name] + more[verdict] for verdict, name in names.items()}


_SAID = "UPDATE sweep_item SET seen = ?, code = ? WHERE mark = ? AND place = ?"
