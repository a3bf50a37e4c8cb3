"""How long runs that are over are kept: so long, so many a person, so many bytes altogether; the oldest go first."""

from pathlib import Path

from sqlalchemy import Connection, select

from server.database import Database
from server.limits import RUN_FILES_BYTES_MAX, RUN_KEPT_MS, RUNS_KEPT_OF_ONE_MAX
from server.models.run import RunRow
from server.runs.ask import forget
from server.runs.folder import drop_folder
from server.runs.run import LIVE


def drop_old(database: Database, home: Path, now_ms: int) -> int:
    """Drop what is beyond the bounds, and folders that belong to no run; tell how many runs went."""
    with database.read() as connection:
        gone = too_many(connection, now_ms)
    for id_ in gone:
        with database.write_facts() as connection:
            forget(connection, id_)
        drop_folder(home, id_)
    _drop_strays(database, home)
    return len(gone)


def too_many(connection: Connection, now_ms: int) -> list[str]:
    """Give the runs that are beyond the bounds."""
    over = select(RunRow.id, RunRow.owner, RunRow.ended_ms, RunRow.size)
    over = over.where(RunRow.state.not_in(LIVE)).order_by(RunRow.ended_ms.desc(), RunRow.id)
    of_one: dict[str, int] = {}
    size, gone = 0, []
    for row in connection.execute(over):
        of_one[row.owner] = of_one.get(row.owner, 0) + 1
        size += row.size
        is_old = row.ended_ms < now_ms - RUN_KEPT_MS
        if is_old or of_one[row.owner] > RUNS_KEPT_OF_ONE_MAX or size > RUN_FILES_BYTES_MAX:
            size -= row.size
            gone.append(row.id)
    return gone


def _drop_strays(database: Database, home: Path) -> None:
    """Drop folders whose run was forgotten in the moment before they went themselves, or that a backup does not know."""
    with database.read() as connection:
        known = set(connection.scalars(select(RunRow.id)))
    for folder in (home / "runs").glob("[0-9a-f]" * 16):
        if folder.name not in known:
            drop_folder(home, folder.name)
