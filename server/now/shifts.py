"""Shifts of posts around a moment, each in the version that counted on the day it began."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from server.access.part import Part
from server.books.dates import DAY_MS, SHANGHAI_MS
from server.limits import SHIFT_MS_MAX
from server.models.post import Post
from server.models.shift import Shift


class Expected(NamedTuple):
    """People expected at a post, [start_ms, end_ms). needed: at least one."""

    post: str
    start_ms: int
    end_ms: int
    needed: int


def needed_by_post(part: Part, now_ms: int) -> Select[*tuple[Any, ...]]:
    """Ask for how many people posts of a part need now; a post without a shift just now is left out."""
    needed = func.sum(func.coalesce(Shift.needed, 1)).label("needed")
    query = select(Shift.post, needed).select_from(Shift).group_by(Shift.post)
    return _going_on(query, part, now_ms, now_ms + 1)


def read_shifts(
    connection: Connection, part: Part, posts: Collection[str], from_ms: int, to_ms: int
) -> list[Expected]:
    """Give the shifts of these posts that touch [from_ms, to_ms), by post and start."""
    needed = func.coalesce(Shift.needed, 1)
    query = select(Shift.post, Shift.start_ms, Shift.end_ms, needed).where(
        Shift.post.in_(sorted(posts))
    )
    rows = connection.execute(_going_on(query, part, from_ms, to_ms))
    return sorted(Expected(*row) for row in rows)


def _going_on(
    query: Select[*tuple[Any, ...]], part: Part, from_ms: int, to_ms: int
) -> Select[*tuple[Any, ...]]:
    """Narrow a question to versions in force of shifts that touch [from_ms, to_ms), of posts within a part."""
    began = (Shift.start_ms + SHANGHAI_MS) // DAY_MS
    later = aliased(Shift)
    beaten = (
        select(later.code)
        .where(later.code == Shift.code, later.valid_from <= began)
        .where(
            or_(
                later.valid_from > Shift.valid_from,
                and_(later.valid_from == Shift.valid_from, later.entered > Shift.entered),
            )
        )
        .exists()
    )
    found = query.where(
        Shift.start_ms.between(from_ms - SHIFT_MS_MAX, to_ms - 1),
        Shift.end_ms > from_ms,
        Shift.valid_from <= began,
        ~beaten,
    )
    if part.is_all:
        return found
    return found.where(Shift.post.in_(select(Post.code).where(part.sites_within(Post.site))))
