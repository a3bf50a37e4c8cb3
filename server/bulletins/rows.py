"""The rows that figures rest on: service records of a region and a span of dates, each with its minutes within the span.

They are read in one order, and packed as msgpack behind zlib, some thousand at a time; one SHA-256 goes over all of them.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, case, func, literal, select
from sqlalchemy.sql.elements import SQLCoreOperations

from server.access.part import Part
from server.books.derive.beginnings import between
from server.books.derive.stored import read_judged
from server.books.hours import Span
from server.bulletins.sections import Scope
from server.models.derived import PostingPart, RecordRow

ROWS_A_PIECE = 20_000
"""Rows that are packed together."""

_READ_ROWS = 2_000
_pack = msgspec.msgpack.Encoder().encode


OpenMinutes = Mapping[tuple[str, int], int]
"""How long a stay that began then at that site and has no end may still become; nothing where all is in."""


class Row(NamedTuple):
    """A service record within the span. section: that of its region. day, last_day: local dates.

    grade: of its evidence (E1). may_come: minutes that it may still get when its end comes in.
    """

    section: str
    region: str
    site: str
    who: str
    record: bytes
    team: str
    day: int
    last_day: int
    grade: str
    may_come: int
    credited: int
    held: int
    refused: int


_unpack = msgspec.msgpack.Decoder(list[Row]).decode


def read_rows(
    connection: Connection, scope: Scope, span: Span, open_minutes: OpenMinutes, part: Part
) -> Iterator[Row]:
    """Give every record of a scope that touches the span, by region, site, person and record, in code points."""
    asked = _records(connection, span).where(
        RecordRow.region.in_(sorted(scope.of)),
        part.records_within(RecordRow.site, RecordRow.team, RecordRow.region),
    )
    rows = connection.execution_options(yield_per=_READ_ROWS).execute(asked)
    for region, site, who, record, team, day, last_day, judged, out_ms, *minutes in rows:
        grade = read_judged(judged).grade
        may_come = 0 if out_ms is not None else open_minutes.get((site, day), 0)
        yield Row(
            scope.of[region], region, site, who, bytes(record), team, day, last_day, grade, may_come,
            *map(int, minutes),
        )  # fmt: skip


def _records(connection: Connection, span: Span) -> Select[*tuple[Any, ...]]:
    r = RecordRow
    keys: list[SQLCoreOperations[str]] = [r.region, r.site, r.who]
    if connection.dialect.name != "sqlite":
        keys = [key.collate("C") for key in keys]
    minutes = (_minutes(v, getattr(r, v), span) for v in ("credited", "held", "refused"))
    asked = select(
        r.region, r.site, r.who, r.id, r.team, r.day, r.last_day, r.judged, r.out_ms, *minutes
    )
    asked = asked.where(*between(connection, span.first, span.last))
    return asked.where(r.day <= span.last, r.last_day >= span.first).order_by(*keys, r.id)


def _minutes(verdict: str, whole: SQLCoreOperations[int], span: Span) -> SQLCoreOperations[int]:
    """Ask for a record's minutes of one verdict within the span, as the view `derived.posting` tells them."""
    p, r = PostingPart, RecordRow
    parts = (
        select(func.coalesce(func.sum(p.minutes), 0))
        .where(p.who == r.who, p.record == r.id, p.verdict == verdict)
        .where(p.day.between(span.first, span.last))
        .correlate(r)
        .scalar_subquery()
    )
    is_within = r.day.between(span.first, span.last)
    return case((r.cause == "*", parts), (is_within, whole), else_=literal(0))


class Packed(NamedTuple):
    """Some rows as they are kept."""

    rows: int
    body: bytes


def pack_rows(rows: Iterable[Row]) -> Iterator[Packed]:
    """Pack rows, so many at a time."""
    rest = iter(rows)
    while some := list(islice(rest, ROWS_A_PIECE)):
        yield Packed(len(some), zlib.compress(_pack(some), 6))


def unpack_rows(body: bytes) -> list[Row]:
    """Give the rows of a piece."""
    return _unpack(zlib.decompress(body))


def digest_of(pieces: Iterable[bytes]) -> str:
    """Give one hash over all rows of these pieces, whatever the compression makes of them."""
    whole = sha256()
    for body in pieces:
        whole.update(zlib.decompress(body))
    return whole.hexdigest()
