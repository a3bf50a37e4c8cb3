"""Lists of reference data as it is in force, a page at a time; and everything about one thing, with each of its versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, or_, select, tuple_, union

from schemas.vocabulary import Code
from server.access.part import Part
from server.imports.columns import Kind
from server.imports.kinds import KINDS
from server.limits import VERSIONS_LISTED_MAX
from server.models.dated import ReferenceChange
from server.models.now import VolunteerNow
from server.people import now
from server.people.inside import Condition, inside
from server.people.readings import fold
from sync.errors import Refused

Values = Mapping[str, Any]
"""A row, by column."""
KEY_MARK = "~"
"""Between the codes of a key of several; no code has it."""

FILTERS: Mapping[str, tuple[str, ...]] = {
    "regions": ("parent",),
    "teams": ("region",),
    "volunteers": ("team", "region"),
    "sites": ("region", "kind"),
    "posts": ("site",),
    "shifts": ("post",),
    "assignments": ("shift", "volunteer"),
    "activities": ("site",),
    "trainings": ("volunteer",),
    "insurances": ("volunteer",),
    "policies": ("region", "site", "key"),
}
"""By which columns a list can be narrowed; of each an index, or a small table, answers."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list. after: the key behind which the next page begins, "" where there is none."""

    rows: Sequence[Values]
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a thing, and the change that brought it. by: the account, "" for the command line; at_ms: 0 if not known."""

    values: Values
    valid_from: int
    entered: int
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: what is in force of it (None: nothing yet), and all its versions, the newest first.

    token: stands for what is known of it now; whoever changes it says which they saw.
    """

    in_force: Values | None
    versions: Sequence[Version]

    @property
    def token(self) -> str:
        """Give the number of the last change of it."""
        return token_of(version.entered for version in self.versions)


def browse(
    connection: Connection,
    part: Part,
    kind: str,
    day: int,
    *,
    wanted: Mapping[str, str],
    text: str = "",
    after: str = "",
    limit: int,
) -> Listed:
    """List what is in force of a kind within a part. wanted: values of `FILTERS`; text: in the name, or its initials."""
    table = _source(kind, day)
    keys = [table.c[name] for name in KINDS[kind].key]
    asked = select(table).where(*_narrowed(table, kind, wanted, text))
    if after:
        asked = asked.where(tuple_(*keys) > tuple_(*_key(KINDS[kind], after)))
    if kind == "volunteers" and not part.is_all and not any(wanted.values()):
        asked = asked.where(table.c.number.in_(_people(part, after, limit)))
    else:
        asked = asked.where(inside(part, kind, table))
    found = connection.execute(asked.order_by(*keys).limit(limit + 1)).mappings()
    rows = [dict(row) for row in found]
    more = key_of(KINDS[kind], rows[limit - 1]) if len(rows) > limit else ""
    return Listed(rows[:limit], more)


def find(connection: Connection, part: Part, kind: str, key: str, day: int) -> Thing | None:
    """Give everything about one thing; None where it does not exist or lies outside the part."""
    found = KINDS[kind]
    versions = now.table_of(found.model)
    change = now.table_of(ReferenceChange)
    same = and_(*(versions.c[n] == v for n, v in zip(found.key, _key(found, key), strict=True)))
    source = _source(kind, day)
    mine = and_(*(source.c[n] == v for n, v in zip(found.key, _key(found, key), strict=True)))
    standing = (
        connection.execute(select(source).where(mine, inside(part, kind, source)))
        .mappings()
        .one_or_none()
    )
    if standing is None and not part.is_all:
        return None
    asked = select(versions, change.c.by, change.c.at_ms)
    asked = asked.outerjoin(change, change.c.entered == versions.c.entered).where(same)
    ordered = asked.order_by(versions.c.valid_from.desc(), versions.c.entered.desc())
    told = [
        Version(dict(row), row["valid_from"], row["entered"], row["by"] or "", row["at_ms"] or 0)
        for row in connection.execute(ordered.limit(VERSIONS_LISTED_MAX)).mappings()
    ]
    return Thing(dict(standing) if standing else None, told) if told else None


def token_of(entered: Iterable[int]) -> str:
    """Give what stands for what is known of a thing: the number of the last of its changes; "" where there is none."""
    return str(max(entered, default=""))


def key_of(kind: Kind, row: Values) -> str:
    """Give the key of a row as one text, as addresses carry it."""
    return KEY_MARK.join(str(row[name]) for name in kind.key)


def _key(kind: Kind, text: str) -> list[str | int]:
    """Read a key. Raise `Refused(not_found)` for one that no thing of the kind can have."""
    columns = now.table_of(kind.model).c
    parts = [text]
    if (
        len(kind.key) > 1
    ):  # only what is between the first and the last may hold the mark: names of trainings and policies
        parts = text.split(KEY_MARK, len(kind.key) - 2)
        parts += parts.pop().rsplit(KEY_MARK, 1)
    if len(parts) != len(kind.key):
        raise Refused(Code.NOT_FOUND, "key")
    found: list[str | int] = []
    for name, part in zip(kind.key, parts, strict=True):
        if columns[name].type.python_type is int:
            if not part.isascii() or not part.isdigit() or len(part) > 9:
                raise Refused(Code.NOT_FOUND, "key")
            found.append(int(part))
        else:
            found.append(part)
    return found


def _source(kind: str, day: int) -> FromClause:
    """Give what the rows in force are read from: their own table, or the versions that stand on this date."""
    kept = now.KEPT.get(kind)
    if kept is not None:
        return now.table_of(kept.now)
    found = KINDS[kind]
    if found.own_dates:
        return _policies(found)
    return now.in_force(found.model, day).subquery(found.model.__tablename__)


def _policies(kind: Kind) -> FromClause:
    """Give every dated figure: each is told, not only the last; of several of one date the last entered."""
    table = now.table_of(kind.model)
    later = table.alias()
    same = and_(*(later.c[name] == table.c[name] for name in kind.key))
    beaten = select(later.c.entered).where(same, later.c.entered > table.c.entered).exists()
    return select(table).where(~beaten).subquery("policy")


def _narrowed(
    table: FromClause, kind: str, wanted: Mapping[str, str], text: str
) -> list[Condition]:
    found = [table.c[name] == wanted[name] for name in FILTERS[kind] if wanted.get(name)]
    typed = fold(text)
    if typed and "initials" in table.c:
        like = f"%{text.strip().replace('%', '').replace('_', '')}%"
        key = table.c[KINDS[kind].key[0]]
        said = or_(table.c.pinyin.startswith(typed), table.c.initials.startswith(typed))
        found.append(or_(table.c.name.like(like), key == text.strip(), said))
    return found


def _people(part: Part, after: str, limit: int) -> Select[tuple[str]]:
    """Give the next numbers within a part: of its teams, and of its regions, each by their own index."""
    number = VolunteerNow.number
    branches = [
        select(number).where(condition, number > after).order_by(number).limit(limit + 1).subquery()
        for condition in (
            part.teams_within(VolunteerNow.team),
            part.regions_within(VolunteerNow.region),
        )
    ]
    return union(*(select(branch.c.number) for branch in branches))  # type: ignore[return-value] # a question all the same
