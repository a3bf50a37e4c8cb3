"""Readings as an auditor looks through them: the newest first, by keyset."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from server.models.staff import Reading

READINGS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Noted:
    """A reading. seal: number of its seal, 0 if it is not sealed yet."""

    id: int
    at_ms: int
    by: str
    what: str
    about: str
    people: int
    purpose: str
    seal: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of readings. after: where the next one begins (0: there is none)."""

    rows: list[Noted]
    after: int


def list_readings(
    connection: Connection, *, by: str = "", after: int = 0, limit: int = READINGS_A_PAGE
) -> Page:
    """Give readings of an account ("" for everyone), the newest first; after: only older ones than this."""
    query = select(Reading).order_by(Reading.id.desc()).limit(limit + 1)
    if by:
        query = query.where(Reading.by == by)
    if after:
        query = query.where(Reading.id < after)
    found = [
        Noted(r.id, r.at_ms, r.by, r.what, r.about, r.people, r.purpose, r.seal)
        for r in connection.execute(query)
    ]
    rows = found[:limit]
    return Page(rows, rows[-1].id if len(found) > limit else 0)
