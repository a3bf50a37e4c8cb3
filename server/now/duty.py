"""People on duty against what posts need and hold, added up by site within the database: posts are many, sites are few."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    select,
    union_all,
)

from server.access.part import Part
from server.models.now import PostNow
from server.now.on_duty import counted
from server.now.shifts import needed_by_post


class Duty(NamedTuple):
    """A site just now.

    people: on duty; unplaced: those whose kiosk did not say at which of its posts. needed: by the shifts that go on. missing:
    people who are short, post by post; over: people beyond what a post holds. capacity: of all posts (None: nobody said).
    """

    people: int
    unplaced: int
    needed: int
    missing: int
    over: int
    capacity: int | None


NOBODY = Duty(0, 0, 0, 0, 0, None)


def read_duty(connection: Connection, part: Part, now_ms: int) -> Mapping[str, Duty]:
    """Give how sites of a part stand, by code; a site without posts and people is left out."""
    there = counted(part, now_ms).cte("there")
    need = needed_by_post(part, now_ms).cte("need")
    each = union_all(_of_posts(part, there, need), _of_others(there)).subquery()
    query = select(
        each.c.site,
        *[func.sum(each.c[name]) for name in ("people", "unplaced", "needed", "missing", "over")],
        func.sum(each.c.capacity),
    )
    rows: Sequence[Any] = connection.execute(query.group_by(each.c.site)).all()
    return {
        site: Duty(int(people), int(unplaced), int(needed), int(missing), int(over), capacity)
        for site, people, unplaced, needed, missing, over, capacity in rows
    }


def _of_posts(part: Part, there: Any, need: Any) -> Select[*tuple[Any, ...]]:
    """Give a row a post."""
    people = func.coalesce(there.c.people, 0)
    needed = func.coalesce(need.c.needed, 0)
    most = case((PostNow.capacity < needed, needed), else_=PostNow.capacity)
    return (
        select(
            PostNow.site.label("site"),
            people.label("people"),
            literal(0).label("unplaced"),
            needed.label("needed"),
            _beyond(needed, people).label("missing"),
            func.coalesce(_beyond(people, most), 0).label("over"),
            PostNow.capacity.label("capacity"),
        )
        .outerjoin(there, and_(there.c.site == PostNow.site, there.c.post == PostNow.code))
        .outerjoin(need, need.c.post == PostNow.code)
        .where(part.sites_within(PostNow.site))
    )


def _of_others(there: Any) -> Select[*tuple[Any, ...]]:
    """Give a row for people at no post of their site."""
    own = select(PostNow.code).where(PostNow.code == there.c.post, PostNow.site == there.c.site)
    zero = literal(0)
    return select(there.c.site, there.c.people, there.c.people, zero, zero, zero, null()).where(
        ~own.exists()
    )


def _beyond(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((one > other, one - other), (one <= other, 0), else_=null())
