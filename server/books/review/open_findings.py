"""The queue of what waits for a person, as staff look through it: within their part, by filters, page by page, in order of time.

Everything is read from indexes of what waits (`FindingRow`), so that a page costs the same however long the queue is behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, Select, and_, select, tuple_, union

from server.access.part import Part
from server.books.review.findings import Found, found_of
from server.books.review.lanes import lanes, within
from server.books.review.sought import Place, Sought
from server.books.review.standing import State
from server.models.derived import FindingRow

_Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Queued:
    """A finding with how it stands and whose it was then."""

    place: Place
    state: State
    team: str
    region: str
    found: Found


def read_queue(
    connection: Connection, part: Part, sought: Sought, after: Place | None, limit: int
) -> list[Queued]:
    """Give so many of the findings sought, the oldest first, behind a place."""
    places = page_query(part, sought, after, limit).subquery()
    same = [FindingRow.__table__.c[name] == places.c[name] for name in _ORDER]
    query = select(FindingRow).join(places, and_(*same))
    ordered = query.order_by(*[places.c[name] for name in _ORDER])
    return [_queued(row) for row in connection.execute(ordered)]


def page_query(part: Part, sought: Sought, after: Place | None, limit: int) -> _Statement:
    """Ask for the places of a page: of each lane no more than a page is read, and what lies in several is given once."""
    behind = () if after is None else (tuple_(*_values(after)) < _PLACE,)
    parts = [
        select(*_PLACES).where(*lane, *behind).order_by(*_PLACES).limit(limit)
        for lane in lanes(part, sought)
    ]
    if len(parts) == 1:
        return parts[0]
    all_of = union(*[select(one.subquery()) for one in parts]).subquery()
    return select(all_of).order_by(*[all_of.c[name] for name in _ORDER]).limit(limit)


def find_places(connection: Connection, part: Part, places: Sequence[Place]) -> list[Queued]:
    """Give those of these findings that are there and within the part, in order of time."""
    wanted = _PLACE.in_([_values(place) for place in places])
    query = select(FindingRow).where(wanted, FindingRow.state.is_not(None), within(part))
    return [_queued(row) for row in connection.execute(query.order_by(*_PLACES))]


def _queued(row: Row[Any]) -> Queued:
    place = Place(row.at_ms, row.about, row.rule, bytes(row.digest))
    return Queued(place, State(row.state), row.team, row.region, found_of(row))


def _values(place: Place) -> tuple[Any, ...]:
    return place.at_ms, place.about, place.rule, place.digest


_ORDER = ("at_ms", "about", "rule", "digest")
_PLACES = (FindingRow.at_ms, FindingRow.about, FindingRow.rule, FindingRow.digest)
_PLACE = tuple_(*_PLACES)
