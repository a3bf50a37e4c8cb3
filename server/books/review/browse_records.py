"""Service records in a list: those of a site or of a person, by when they began, within a part of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from server.access.part import Part
from server.books.dates import iso_time
from server.books.derive.identities import read_identities
from server.books.hours import Span
from server.models.derived import RecordRow

Key = tuple[int, bytes]
"""When a record began, and its id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A record. cause: the rule that holds or refuses minutes (`*` where several do). left: None where nobody signed out."""

    record: str
    volunteer: str
    site: str
    post: str
    team: str
    region: str
    came: str
    left: str | None
    within_ms: int
    credited: int
    held: int
    refused: int
    cause: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with its place in the order of the list."""

    key: Key
    record: Listed


@dataclass(frozen=True, slots=True)
class Which:
    """Which records: of a site, or of a person by any of their numbers (one of the two), that begin within the span."""

    site: str
    volunteer: str
    span: Span


def browse_records(
    connection: Connection, part: Part, which: Which, after: Key | None, count: int
) -> Sequence[Placed]:
    """Give so many records at most, those behind a place in the list (None: from the first)."""
    r = RecordRow
    asked = select(r).where(part.records_within(r.site, r.team, r.region))
    asked = asked.where(r.day.between(which.span.first, which.span.last))
    if which.site:
        asked = asked.where(r.site == which.site)
    if which.volunteer:
        who_is = read_identities(connection, [which.volunteer])
        asked = asked.where(r.who == who_is.keeper(which.volunteer))
    if after is not None:
        asked = asked.where(r.in_ms >= after[0], tuple_(r.in_ms, r.id) > after)
    rows = connection.execute(asked.order_by(r.in_ms, r.id).limit(count))
    return [Placed((row.in_ms, bytes(row.id)), _listed(row)) for row in rows]


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        record=bytes(row.id).hex(),
        volunteer=row.who,
        site=row.site,
        post=row.post,
        team=row.team,
        region=row.region,
        came=iso_time(row.in_ms),
        left=None if row.out_ms is None else iso_time(row.out_ms),
        within_ms=row.within_ms,
        credited=row.credited,
        held=row.held,
        refused=row.refused,
        cause=row.cause,
    )
