"""Ask for a run, stop one, drop one. The same bound for everybody: so many each, so many altogether."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, delete, func, insert, select, update

from schemas.vocabulary import Code
from server.access.grant import Grant
from server.access.roles import Right
from server.database import Database
from server.limits import RUNS_LIVE_MAX, RUNS_OF_ONE_MAX
from server.models.run import RunItem, RunRow
from server.runs.asked import Asked, kind_of, rule_of, written
from server.runs.folder import drop_folder
from server.runs.run import LIVE, State, read_run
from sync.errors import Refused

OPERATOR = ""
"""The owner of what is asked for at the command line."""
_NOBODY = b""
_ABOUT_CHARS = 120


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asks: the name of an account and its grants. The server's operator has neither, and may have everything."""

    name: str = OPERATOR
    grants: tuple[Grant, ...] = ()

    def told(self, right: Right) -> str:
        """Write down which grants bring a right: a run ends where they are not the same any more."""
        own = sorted(grant for grant in self.grants if grant.brings(right))
        return " ".join(f"{g.role}:{g.over}:{g.code}" for g in own)


def ask(database: Database, owner: Owner, asked: Asked, about: str, now_ms: int) -> str:
    """Ask for a run and give its id. about: what it is about, in codes, as lists show it.

    The same, asked again while it is live, is the run that is live. Raise `Refused(too_many_runs)`.
    """
    text, right = written(asked), rule_of(asked).right
    with database.write_facts() as connection:
        live = select(RunRow.id).where(RunRow.state.in_(LIVE), RunRow.owner == owner.name)
        there = connection.scalar(live.where(RunRow.asked == text).limit(1))
        if there is not None:
            return there
        _require_room(connection, owner.name)
        row = {**_NEW, "id": token_hex(8), "kind": kind_of(asked), "owner": owner.name}
        row |= {"grants": owner.told(right), "about": about[:_ABOUT_CHARS], "asked": text}
        row |= {"at_ms": now_ms}
        connection.execute(insert(RunRow).values(row))
    return str(row["id"])


def stop(database: Database, home: Path, owner: str, id_: str, now_ms: int) -> None:
    """Stop a run of one's own; whoever works on it notices before it writes anything more. One that is over stays as it is.

    What was put together goes; what was issued stays issued. Raise `Refused(not_found)`.
    """
    with database.write_facts() as connection:
        read_run(connection, owner, id_)
        live = update(RunRow).where(RunRow.id == id_, RunRow.state.in_(LIVE))
        ended = live.values(state=State.STOPPED.value, holder=_NOBODY, ended_ms=now_ms)
        was_live = connection.execute(ended).rowcount == 1
    if was_live:
        drop_folder(home, id_)


def drop(database: Database, home: Path, owner: str, id_: str) -> None:
    """Drop a run of one's own that is over, with its file. Raise `Refused`: `not_found`, `try_later` while it is live."""
    with database.write_facts() as connection:
        if read_run(connection, owner, id_).is_live:
            raise Refused(Code.TRY_LATER, "先停止 / stop it first")
        forget(connection, id_)
    drop_folder(home, id_)


def forget(connection: Connection, id_: str) -> None:
    """Forget a run, in the caller's transaction."""
    connection.execute(delete(RunItem).where(RunItem.run == id_))
    connection.execute(delete(RunRow).where(RunRow.id == id_))


def _require_room(connection: Connection, owner: str) -> None:
    live = select(func.count()).select_from(RunRow).where(RunRow.state.in_(LIVE))
    if (connection.scalar(live.where(RunRow.owner == owner)) or 0) >= RUNS_OF_ONE_MAX:
        words = f"每人最多 {RUNS_OF_ONE_MAX} 个，请等前面的完成或停止它 / at most {RUNS_OF_ONE_MAX} a person: wait, or stop one"
        raise Refused(Code.TOO_MANY_RUNS, words)
    if (connection.scalar(live) or 0) >= RUNS_LIVE_MAX:
        words = "等待的任务太多，请稍后再试 / too many runs wait already: try again later"
        raise Refused(Code.TOO_MANY_RUNS, words)


_NEW: dict[str, str | int | bytes] = {
    **dict.fromkeys(("doing", "code", "message", "file", "result"), ""),
    **dict.fromkeys(("done", "total", "left", "people", "tries", "size"), 0),
    **dict.fromkeys(("begun_ms", "beat_ms", "ended_ms"), 0),
    "state": State.WAITING.value,
    "holder": _NOBODY,
}
"""What nothing was done of yet."""
