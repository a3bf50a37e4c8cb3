"""Whether a change of reference data lies within a part of the tree (I9): what stands must, and what is to stand, too."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, and_, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.imports.columns import Kind, Row
from server.models.now import PostNow, VolunteerNow
from server.models.shift import Shift
from server.people import now
from server.people.inside import inside
from sync.errors import Refused

_Values = Mapping[str, str]
_May = Callable[[Connection, Part, _Values], bool]


def require_standing(
    connection: Connection, part: Part, kind: Kind, row: Row
) -> Mapping[str, object]:
    """Give what stands of the thing that a row names. Raise `Refused(not_found)` where that lies outside the part."""
    kept = now.KEPT.get(kind.name)
    table = now.table_of(kept.now if kept is not None else kind.model)
    same = and_(*(table.c[name] == row[kind.index(name)] for name in kind.key))
    asked = select(table).where(same, inside(part, kind.name, table)).limit(1)
    found = connection.execute(asked).mappings().first()
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有找到 / not found")
    return dict(found)


def require_place(
    connection: Connection, part: Part, kind: Kind, row: Row, standing: Mapping[str, object]
) -> None:
    """Refuse what would lie outside the part. standing: what stands now, empty for a new thing."""
    place = _PLACE.get(kind.name, "")
    values = {column.field: str(row[n] or "") for n, column in enumerate(kind.columns)}
    if part.is_all or (place and standing.get(place) == values[place]):
        return
    if not _MAY[kind.name](connection, part, values):
        raise Refused(Code.BAD_FIELD, "不在您的管辖范围内 / outside what you look after")


def _volunteer(connection: Connection, part: Part, number: str) -> bool:
    asked = select(VolunteerNow.team, VolunteerNow.region).where(VolunteerNow.number == number)
    found = connection.execute(asked).one_or_none()
    return found is not None and part.has_person(found.team, found.region)


def _post(connection: Connection, part: Part, code: str) -> bool:
    site = connection.scalar(select(PostNow.site).where(PostNow.code == code))
    return site is not None and part.has_site(site)


def _shift(connection: Connection, part: Part, code: str) -> bool:
    newest = select(Shift.post).where(Shift.code == code)
    newest = newest.order_by(Shift.valid_from.desc(), Shift.entered.desc())
    post = connection.scalar(newest.limit(1))
    return post is not None and _post(connection, part, post)


_PLACE: Mapping[str, str] = {"regions": "parent", "teams": "region", "sites": "region"}
"""Where a thing lies in the tree: who is granted the thing itself may change all else of it, but not move it."""

_MAY: Mapping[str, _May] = {
    "regions": lambda _c, part, v: part.has_region(v["parent"]),
    "teams": lambda _c, part, v: part.has_region(v["region"]),
    "volunteers": lambda _c, part, v: part.has_person(v["team"], v["region"]),
    "sites": lambda _c, part, v: part.has_region(v["region"]),
    "posts": lambda _c, part, v: part.has_site(v["site"]),
    "shifts": lambda c, part, v: _post(c, part, v["post"]),
    "assignments": lambda c, part, v: _shift(c, part, v["shift"]),
    "activities": lambda _c, part, v: part.has_site(v["site"]),
    "trainings": lambda c, part, v: _volunteer(c, part, v["volunteer"]),
    "insurances": lambda c, part, v: _volunteer(c, part, v["volunteer"]),
    "policies": lambda _c, part, v: part.has_region(v["region"]) or part.has_site(v["site"]),
}
