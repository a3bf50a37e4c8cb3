"""Whether a change of reference data lies within a part of the tree (I9): what stands must, and what is to stand, too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, select, tuple_

from schemas.vocabulary import Code
from server.access.part import Part
from server.imports.cells import Cell
from server.imports.columns import Kind, Row
from server.models.now import PostNow, VolunteerNow
from server.models.shift import Shift
from server.people import now
from server.people.inside import inside
from sync.errors import Refused

_Values = Mapping[str, str]
_Key = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where lies what rows name: the sites of posts and shifts, and people's teams and regions, by code."""

    posts: Mapping[str, str] = field(default_factory=dict)
    shifts: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_May = Callable[[Part, _Places, _Values], bool]


def require_standing(
    connection: Connection, part: Part, kind: Kind, row: Row
) -> Mapping[str, object]:
    """Give what stands of the thing that a row names. Raise `Refused(not_found)` where that lies outside the part."""
    found = _standing(connection, part, kind, [_key(kind, row)])
    if not found:
        raise Refused(Code.NOT_FOUND, "没有找到 / not found")
    return next(iter(found.values()))


def require_place(
    connection: Connection, part: Part, kind: Kind, row: Row, standing: Mapping[str, object]
) -> None:
    """Refuse what would lie outside the part. standing: what stands now, empty for a new thing."""
    values = _values(kind, row)
    if not _may_stand(part, kind, values, standing, _places(connection, part, kind, [values])):
        raise Refused(Code.BAD_FIELD, "不在您的管辖范围内 / outside what you look after")


def outside(connection: Connection, part: Part, kind: Kind, rows: Sequence[Row]) -> set[int]:
    """Give the places of the rows that may not be written: what stands, or what would stand, lies outside the part.

    A bounded number of questions, however many rows.
    """
    if part.is_all or not rows:
        return set()
    keys = [_key(kind, row) for row in rows]
    known = _known(connection, kind, keys)
    standing = _standing(connection, part, kind, keys)
    values = [_values(kind, row) for row in rows]
    places = _places(connection, part, kind, values)
    return {
        n
        for n, (key, each) in enumerate(zip(keys, values, strict=True))
        if (key in known and key not in standing)
        or not _may_stand(part, kind, each, standing.get(key, {}), places)
    }


def _may_stand(
    part: Part, kind: Kind, values: _Values, standing: Mapping[str, object], places: _Places
) -> bool:
    place = _PLACE.get(kind.name, "")
    if part.is_all or (place and standing.get(place) == values[place]):
        return True
    return _MAY[kind.name](part, places, values)


def _key(kind: Kind, row: Row) -> _Key:
    return tuple([row[kind.index(name)] for name in kind.key])


def _values(kind: Kind, row: Row) -> _Values:
    return {column.field: str(row[n] or "") for n, column in enumerate(kind.columns)}


def _known(connection: Connection, kind: Kind, keys: Sequence[_Key]) -> set[_Key]:
    """Give those of these keys of which anything was ever said."""
    table = now.table_of(kind.model)
    columns = [table.c[name] for name in kind.key]
    asked = select(*columns).where(tuple_(*columns).in_(keys)).distinct()
    return {tuple(row) for row in connection.execute(asked)}


def _standing(
    connection: Connection, part: Part, kind: Kind, keys: Sequence[_Key]
) -> dict[_Key, Mapping[str, object]]:
    """Give what stands within the part, by key."""
    kept = now.KEPT.get(kind.name)
    table = now.table_of(kept.now if kept is not None else kind.model)
    same = tuple_(*(table.c[name] for name in kind.key)).in_(keys)
    asked = select(table).where(and_(same, inside(part, kind.name, table)))
    rows = [dict(row) for row in connection.execute(asked).mappings()]
    return {tuple([row[name] for name in kind.key]): row for row in rows}


def _places(connection: Connection, part: Part, kind: Kind, rows: Sequence[_Values]) -> _Places:
    """Read where lies what these rows name, as far as it matters."""
    if part.is_all:
        return _Places()
    match kind.name:
        case "shifts":
            return _Places(posts=_sites(connection, {row["post"] for row in rows}))
        case "assignments":
            return _Places(shifts=_sites_of_shifts(connection, {row["shift"] for row in rows}))
        case "trainings" | "insurances":
            return _Places(people=_people(connection, {row["volunteer"] for row in rows}))
        case _:
            return _Places()


def _people(connection: Connection, numbers: set[str]) -> dict[str, tuple[str, str]]:
    asked = select(VolunteerNow.number, VolunteerNow.team, VolunteerNow.region)
    asked = asked.where(VolunteerNow.number.in_(sorted(numbers)))
    return {row.number: (row.team, row.region) for row in connection.execute(asked)}


def _sites(connection: Connection, posts: set[str]) -> dict[str, str]:
    asked = select(PostNow.code, PostNow.site).where(PostNow.code.in_(sorted(posts)))
    return {row.code: row.site for row in connection.execute(asked)}


def _sites_of_shifts(connection: Connection, shifts: set[str]) -> dict[str, str]:
    """Give the site of each shift's newest version."""
    asked = select(Shift.code, Shift.post).where(Shift.code.in_(sorted(shifts)))
    asked = asked.order_by(Shift.code, Shift.valid_from, Shift.entered)
    posts = {row.code: row.post for row in connection.execute(asked)}
    sites = _sites(connection, set(posts.values()))
    return {shift: sites.get(post, "") for shift, post in posts.items()}


def _has_person(part: Part, places: _Places, number: str) -> bool:
    found = places.people.get(number)
    return found is not None and part.has_person(*found)


_PLACE: Mapping[str, str] = {"regions": "parent", "teams": "region", "sites": "region"}
"""Where a thing lies in the tree: who is granted the thing itself may change all else of it, but not move it."""

_MAY: Mapping[str, _May] = {
    "regions": lambda part, _p, v: part.has_region(v["parent"]),
    "teams": lambda part, _p, v: part.has_region(v["region"]),
    "volunteers": lambda part, _p, v: part.has_person(v["team"], v["region"]),
    "sites": lambda part, _p, v: part.has_region(v["region"]),
    "posts": lambda part, _p, v: part.has_site(v["site"]),
    "shifts": lambda part, p, v: part.has_site(p.posts.get(v["post"], "")),
    "assignments": lambda part, p, v: part.has_site(p.shifts.get(v["shift"], "")),
    "activities": lambda part, _p, v: part.has_site(v["site"]),
    "trainings": lambda part, p, v: _has_person(part, p, v["volunteer"]),
    "insurances": lambda part, p, v: _has_person(part, p, v["volunteer"]),
    "policies": lambda part, _p, v: part.has_region(v["region"]) or part.has_site(v["site"]),
}
