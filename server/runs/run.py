"""A run as it stands, and where runs are read. Whose a run is, is in every question: nobody meets anybody else's."""

from dataclasses import dataclass, fields
from enum import StrEnum

from sqlalchemy import Connection, Row, func, select

from schemas.vocabulary import Code
from server.limits import RUNS_LISTED_MAX
from server.models.run import RunItem, RunRow
from server.runs.asked import Asked, read
from sync.errors import Refused


class State(StrEnum):
    """What a run waits for, or has become. done: also where some people were left out."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


LIVE = (State.WAITING, State.WORKING)
"""States in which something is still to be done."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run. The fields are those of `server.models.run.RunRow`. total: 0 where nobody knows before the end."""

    id: str
    kind: str
    owner: str
    grants: str
    about: str
    asked: str
    state: State
    doing: str
    done: int
    total: int
    left: int
    people: int
    at_ms: int
    begun_ms: int
    beat_ms: int
    ended_ms: int
    tries: int
    code: str
    message: str
    file: str
    size: int
    result: str

    @property
    def is_live(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state in LIVE

    @property
    def percent(self) -> int:
        """Give how far it is, from 0 to 100; 0 where nobody knows."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    def wants(self) -> Asked:
        """Give what was asked for."""
        return read(self.asked)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody, or a site, whom a run left out, and why."""

    about: str
    code: str
    message: str


_COLUMNS = [getattr(RunRow, field.name) for field in fields(Run)]


def read_run(connection: Connection, owner: str, id_: str) -> Run:
    """Read a run of this owner. Raise `Refused(not_found)` for one that is not theirs, or not there."""
    found = select(*_COLUMNS).where(RunRow.id == id_, RunRow.owner == owner)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "run")
    return run_of(row)


def read_runs(connection: Connection, owner: str) -> list[Run]:
    """Give the runs of an owner, the newest first, at most `RUNS_LISTED_MAX`."""
    asked = select(*_COLUMNS).where(RunRow.owner == owner)
    newest = asked.order_by(RunRow.at_ms.desc(), RunRow.id.desc()).limit(RUNS_LISTED_MAX)
    return [run_of(row) for row in connection.execute(newest)]


def next_run(connection: Connection) -> Run | None:
    """Give the run whose turn it is: of those that are live the one that was longest not worked on; None if there is none."""
    live = select(*_COLUMNS).where(RunRow.state.in_(LIVE))
    turn = live.order_by(RunRow.beat_ms, RunRow.at_ms, RunRow.id).limit(1)
    row = connection.execute(turn).one_or_none()
    return None if row is None else run_of(row)


def has_live(connection: Connection) -> bool:
    """Tell whether anything is to be done: asked every second, answered by an index."""
    return connection.scalar(select(RunRow.id).where(RunRow.state.in_(LIVE)).limit(1)) is not None


def count_ahead(connection: Connection, run: Run) -> int:
    """Give how many runs were asked for before one, and are still to be done."""
    ahead = select(func.count()).select_from(RunRow).where(RunRow.state.in_(LIVE))
    return connection.scalar(ahead.where(RunRow.at_ms < run.at_ms)) or 0


def read_left(connection: Connection, run: Run, most: int) -> list[LeftOut]:
    """Give whom a run left out, in its order."""
    asked = select(RunItem.about, RunItem.code, RunItem.message)
    asked = asked.where(RunItem.run == run.id, RunItem.state == "left")
    rows = connection.execute(asked.order_by(RunItem.place).limit(most))
    return [LeftOut(*row) for row in rows]


def run_of(row: Row[*tuple[object, ...]]) -> Run:
    """Make a run of a row's values."""
    values = row._asdict()
    return Run(**{**values, "state": State(values["state"])})
