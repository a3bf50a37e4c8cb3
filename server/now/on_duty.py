"""Who is on duty at a moment: signed in, not signed out, and seen nowhere since. Read from an index of open records alone."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from server.access.part import Part
from server.models.derived import RecordRow
from server.reconcile.policy import DEFAULTS, HOUR_MS

OPEN_MS_MAX = DEFAULTS.open_ms_max
"""Whoever signed in longer ago than this and never out has gone, and forgot it (B4)."""
_AHEAD_MS = HOUR_MS
"""How far ahead of ours a corrected time may be, and still be of now."""

_SITE = RecordRow.site.concat("")
"""A site as no index has it: else PostgreSQL walks the index of open records once for each of a part's sites."""


class OnDuty(NamedTuple):
    """Somebody on duty. who: the number that they keep."""

    who: str
    post: str
    in_ms: int


def counted(part: Part, now_ms: int) -> Select[str, str, int]:
    """Ask for how many are on duty now, by site and post ("" where the kiosk did not say which)."""
    return (
        select(RecordRow.site, RecordRow.post, func.count().label("people"))
        .where(_open(now_ms), part.sites_within(_SITE), RecordRow.site != "")
        .group_by(RecordRow.site, RecordRow.post)
    )


def read_on_duty(
    connection: Connection, part: Part, site: str, at_ms: int, *, limit: int
) -> list[OnDuty]:
    """Give who was on duty at a site at a moment, by post and since when. At most `limit` of them."""
    gone = or_(
        RecordRow.out_ms > at_ms, and_(RecordRow.out_ms.is_(None), ~_seen_since(upto_ms=at_ms))
    )
    rows = connection.execute(
        select(RecordRow.who, RecordRow.post, RecordRow.in_ms)
        .where(RecordRow.site == site, part.sites_within(RecordRow.site), gone)
        .where(RecordRow.in_ms.between(at_ms - OPEN_MS_MAX, at_ms))
        .order_by(RecordRow.post, RecordRow.in_ms, RecordRow.id)
        .limit(limit)
    )
    return [OnDuty(*row) for row in rows]


def _open(now_ms: int) -> ColumnElement[bool]:
    return and_(
        RecordRow.out_ms.is_(None),
        RecordRow.in_ms.between(now_ms - OPEN_MS_MAX, now_ms + _AHEAD_MS),
        ~_seen_since(),
    )


def _seen_since(*, upto_ms: int = 2**62) -> ColumnElement[bool]:
    """Say whether the same person has a later record: then they have left this one, whether they said so or not."""
    later = aliased(RecordRow)
    return (
        select(later.row)
        .where(later.who == RecordRow.who, later.in_ms > RecordRow.in_ms, later.in_ms <= upto_ms)
        .exists()
    )
