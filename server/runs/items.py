"""Those whom a run is about, one after another. `done` of the run is the place of the next: all before it are settled."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from server import bulk
from server.models.run import RunItem
from server.runs.run import Run
from server.runs.workbench import Workbench
from sync.errors import Refused

WAITING, ISSUED, MADE, LEFT = "waiting", "issued", "made", "left"
"""issued: written down for good, and not drawn yet."""
_MESSAGE_CHARS = 200


class Item(NamedTuple):
    """One of them. said: number of what was made. code, message: why it was left out."""

    place: int
    about: str
    state: str
    said: str
    code: str
    message: str


_COLUMNS = [getattr(RunItem, name) for name in Item._fields]


def begin(bench: Workbench, about: Sequence[str], doing: str) -> None:
    """Write down whom the run is about, once and for all."""
    rows = [(bench.run.id, place, one, WAITING, "", "", "") for place, one in enumerate(about)]
    with bench.services.database.write_facts() as connection:
        bench.tell(connection, total=len(rows), doing=doing)
        bulk.insert(connection, RunItem, rows)


def read_next(connection: Connection, run: Run, most: int) -> list[Item]:
    """Give the next."""
    asked = select(*_COLUMNS).where(RunItem.run == run.id, RunItem.place >= run.done)
    rows = connection.execute(asked.order_by(RunItem.place).limit(most))
    return [Item(*row) for row in rows]


def read_all(connection: Connection, run: Run) -> list[Item]:
    """Give all."""
    asked = select(*_COLUMNS).where(RunItem.run == run.id).order_by(RunItem.place)
    return [Item(*row) for row in connection.execute(asked)]


def redo(bench: Workbench, rows: Sequence[Item], place: int) -> None:
    """Go back to a place: what was made from there on is gone from the disk. What was issued stays issued."""
    before = [row.state for row in rows if row.place < place]
    again = update(RunItem).where(RunItem.run == bench.run.id, RunItem.place >= place)
    with bench.services.database.write_facts() as connection:
        counts = {"left": before.count(LEFT), "people": before.count(MADE)}
        bench.tell(connection, done=place, **counts)
        connection.execute(again.where(RunItem.state == MADE).values(state=ISSUED))
        connection.execute(again.where(RunItem.state == LEFT).values(state=WAITING))


def mark(connection: Connection, run: Run, place: int, state: str, said: str = "") -> None:
    """Write down what has become of one, in the caller's transaction."""
    _set(connection, run, place, state=state, said=said)


def leave(connection: Connection, run: Run, place: int, refused: Refused) -> None:
    """Write down that one is left out, and why."""
    words = refused.detail[:_MESSAGE_CHARS]
    _set(connection, run, place, state=LEFT, code=str(refused.code), message=words)


def _set(connection: Connection, run: Run, place: int, **values: str) -> None:
    its = update(RunItem).where(RunItem.run == run.id, RunItem.place == place)
    connection.execute(its.values(**values))
