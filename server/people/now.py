"""Keep the tables of what is in force now (`server/models/now.py`): what was changed, what a new day brings, or all.

Doing any of it again changes nothing. Whoever writes versions calls `keep` in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, delete, or_, select, text

from server import bulk
from server.models.base import Base
from server.models.now import (
    NowState,
    PostNow,
    RegionNow,
    SiteNow,
    TeamNow,
    VolunteerNow,
    VolunteerWord,
)
from server.models.post import Post
from server.models.region import Region
from server.models.site import Site
from server.models.team import Team
from server.models.volunteer import Volunteer
from server.people.readings import READINGS, Reading, readings
from server.people.roster import in_parts
from server.people.staged_words import FORGET, StagedWords
from server.people.words import Word, words

FILLED_AT_A_TIME = 5_000
"""Things whose rows are made at a time, when all are."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of which it is kept what is in force: its versions, and the table of what is in force of them."""

    versions: type[Base]
    now: type[Base]

    @property
    def key(self) -> str:
        """The column that names one thing."""
        return next(iter(table_of(self.now).primary_key)).name


KEPT: Mapping[str, Kept] = {
    "regions": Kept(Region, RegionNow),
    "teams": Kept(Team, TeamNow),
    "sites": Kept(Site, SiteNow),
    "posts": Kept(Post, PostNow),
    "volunteers": Kept(Volunteer, VolunteerNow),
}
"""By kind of import. Of what is not here, the version in force is looked for when it is asked."""


def keep(
    connection: Connection,
    kind: str,
    keys: Iterable[str],
    day: int,
    staged: StagedWords | None = None,
) -> None:
    """Write anew what is in force of these on a local date, in the caller's transaction, which changed their versions.

    staged: where the words of people wait for the caller to write them, if there will be many.
    """
    kept = KEPT.get(kind)
    if kept is None:
        return
    column = table_of(kept.versions).c[kept.key]
    for some in in_parts(keys):
        _put(
            connection,
            kept,
            connection.execute(in_force(kept.versions, day).where(column.in_(some))).all(),
            staged,
        )


def bring_to(connection: Connection, day: int) -> int:
    """Bring in force what was entered ahead for a date that has come; fill the tables where that was never done.

    Give how many things were looked at, in the caller's transaction.
    """
    _alone(connection)
    before = _state(connection)
    if before is None or before.readings != READINGS:
        return refill(connection, day)
    if before.day >= day:
        return 0
    count = 0
    for kind, kept in KEPT.items():
        versions = table_of(kept.versions)
        since = versions.c.valid_from
        come = select(versions.c[kept.key]).where(since > before.day, since <= day).distinct()
        keys = list(connection.scalars(come))
        keep(connection, kind, keys, day)
        count += len(keys)
    bulk.upsert(connection, NowState, [(1, day, READINGS)])
    return count


def refill(connection: Connection, day: int) -> int:
    """Empty the tables and fill them whole, a bounded number of rows at a time, in the caller's transaction.

    Give how many things there are.
    """
    _alone(connection)
    connection.execute(delete(VolunteerWord))
    staged = StagedWords(connection)
    count = 0
    for kept in KEPT.values():
        connection.execute(delete(kept.now))
        key = table_of(kept.versions).c[kept.key]
        after = ""
        while rows := connection.execute(
            in_force(kept.versions, day).where(key > after).order_by(key).limit(FILLED_AT_A_TIME)
        ).all():
            _put(connection, kept, rows, staged)
            after = rows[-1]._mapping[kept.key]
            count += len(rows)
    staged.flush()
    bulk.upsert(connection, NowState, [(1, day, READINGS)])
    return count


def as_of(connection: Connection) -> int | None:
    """Give the local date as of which the tables are; None if they were never filled, or by other readings of names."""
    state = _state(connection)
    return state.day if state is not None and state.readings == READINGS else None


def in_force(versions: type[Base], day: int) -> Select[*tuple[Any, ...]]:
    """Ask for the versions in force on a local date: all columns, one row a thing. An index of the key answers it."""
    table = table_of(versions)
    later = table.alias()
    keys = [column for column in table.primary_key if column.name not in ("valid_from", "entered")]
    beats = or_(
        later.c.valid_from > table.c.valid_from,
        and_(later.c.valid_from == table.c.valid_from, later.c.entered > table.c.entered),
    )
    same = and_(*[later.c[column.name] == column for column in keys])
    beaten = select(later.c.entered).where(same, later.c.valid_from <= day, beats).exists()
    return select(table).where(table.c.valid_from <= day, ~beaten)


def table_of(model: type[Base]) -> Table:
    """Give the table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} is not a plain table")
    return table


def _put(
    connection: Connection,
    kept: Kept,
    rows: Sequence[Row[*tuple[Any, ...]]],
    staged: StagedWords | None,
) -> None:
    """Write the rows that stand for these versions."""
    names = [column.name for column in table_of(kept.now).columns]
    said = [readings(row.name) for row in rows]
    made = []
    for row, ways in zip(rows, said, strict=True):
        values = {**row._mapping, "pinyin": ways[0].pinyin, "initials": ways[0].initials}
        made.append(tuple([values[name] for name in names]))
    if kept.now is VolunteerNow:
        _put_words(connection, rows, said, staged)
    bulk.upsert(connection, kept.now, made)


def _put_words(
    connection: Connection,
    rows: Sequence[Row[*tuple[Any, ...]]],
    said: Sequence[Sequence[Reading]],
    staged: StagedWords | None,
) -> None:
    """Let these volunteers be found by the words they have now, and by no others."""
    table = table_of(VolunteerNow).c
    asked = select(table.number, table.name, table.phone, table.team, table.region)
    before = connection.execute(asked.where(table.number.in_([row.number for row in rows])))
    old = {word for row in before for word in words(*row, readings(row.name))}
    new: list[Word] = []
    for row, ways in zip(rows, said, strict=True):
        new += words(row.number, row.name, row.phone, row.team, row.region, ways)
    gone = old.difference(new)
    new = [word for word in new if word not in old] if old else new
    if staged is not None:
        staged.forget(gone)
        staged.add(new)
        return
    if gone:
        bulk.execute_many(connection, FORGET, sorted(gone))
    bulk.insert_missing(connection, VolunteerWord, sorted(new))


def _state(connection: Connection) -> Row[NowState] | None:
    return connection.execute(select(NowState).where(NowState.id == 1)).one_or_none()


def _alone(connection: Connection) -> None:
    """Wait for whoever imports or edits. On SQLite the transaction has the only pen anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE reference_change IN SHARE ROW EXCLUSIVE MODE"))
