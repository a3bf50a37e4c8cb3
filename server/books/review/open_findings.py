"""The queue of what waits for a person, as staff look through it: within their part, by filters, page by page, in order of time.

Everything is read from one index (`FindingRow`), so that a page costs the same however long the queue is behind it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    func,
    select,
    tuple_,
    union_all,
)  # fmt: skip

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.review.findings import Found, found_of
from server.books.review.standing import WAITING, State
from server.limits import FINDINGS_COUNTED_MAX
from server.models.derived import FindingRow
from sync.errors import Refused

EVER_MS = 2**62
_Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which findings: all that wait, or those in one state. regions: with all below them; people: None for whoever."""

    state: State | None = None
    rule: str = ""
    severity: str = ""
    site: str = ""
    team: str = ""
    regions: frozenset[str] = frozenset()
    from_ms: int = -EVER_MS
    before_ms: int = EVER_MS
    people: tuple[str, ...] | None = None

    @property
    def states(self) -> tuple[State, ...]:
        """The states that are meant."""
        return WAITING if self.state is None else (self.state,)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands in the queue."""

    at_ms: int
    about: str
    rule: str
    digest: bytes

    def text(self) -> str:
        """Write it for an address."""
        packed = msgspec.msgpack.encode((self.at_ms, self.about, self.rule, self.digest))
        return urlsafe_b64encode(packed).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Queued:
    """A finding with how it stands and whose it was then."""

    place: Place
    state: State
    team: str
    region: str
    found: Found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many findings of a rule stand so, and since when the oldest does (0: a kiosk's)."""

    rule: str
    severity: str
    state: State
    count: int
    oldest_ms: int


def read_place(text: str) -> Place | None:
    """Read what `Place.text` wrote; None for nothing. Raise `Refused` (`bad_field`) for anything else."""
    if not text:
        return None
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        at_ms, about, rule, digest = msgspec.msgpack.decode(
            packed, type=tuple[int, str, str, bytes]
        )
    except (BadBase64, ValueError, msgspec.DecodeError) as error:
        raise Refused(Code.BAD_FIELD, "after") from error
    if abs(at_ms) > EVER_MS or "\0" in about + rule:
        raise Refused(
            Code.BAD_FIELD, "after"
        )  # nothing stands there, and no database can look for it
    return Place(at_ms, about, rule, digest)


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
    """Ask for the places of a page: each state is a stretch of the index, of which no more than a page is read."""
    behind = () if after is None else (tuple_(*_values(after)) < _PLACE,)
    parts = [
        select(*_PLACES)
        .where(*_conditions(part, sought, state), *behind)
        .order_by(*_PLACES)
        .limit(limit)
        for state in sought.states
    ]
    if len(parts) == 1:
        return parts[0]
    both = union_all(*[select(one.subquery()) for one in parts]).subquery()
    return select(both).order_by(*[both.c[name] for name in _ORDER]).limit(limit)


def count_queue(connection: Connection, part: Part, sought: Sought) -> int:
    """Count the findings sought; `FINDINGS_COUNTED_MAX` stands for as many or more."""
    counts = [
        select(func.count()).select_from(
            select(FindingRow.at_ms)
            .where(*_conditions(part, sought, state))
            .limit(FINDINGS_COUNTED_MAX)
            .subquery()
        )
        for state in sought.states
    ]
    row = connection.execute(select(*[count.scalar_subquery() for count in counts])).one()
    return min(sum(row), FINDINGS_COUNTED_MAX)


def count_by_rule(
    connection: Connection, part: Part, states: Sequence[State] = WAITING
) -> list[Counted]:
    """Count what stands so in a part, by rule: the changed first, then by rule and severity."""
    query = (
        select(
            FindingRow.rule, FindingRow.severity, FindingRow.state, func.count(), func.min(FindingRow.at_ms)
        )
        .where(FindingRow.state.in_([str(state) for state in states]), _within(part))
        .group_by(FindingRow.rule, FindingRow.severity, FindingRow.state)
    )  # fmt: skip
    found = [Counted(r[0], r[1], State(str(r[2])), r[3], r[4]) for r in connection.execute(query)]
    return sorted(found, key=lambda c: (c.state is not State.CHANGED, c.rule, c.severity))


def find_places(connection: Connection, part: Part, places: Sequence[Place]) -> list[Queued]:
    """Give those of these findings that are there and within the part, in order of time."""
    wanted = _PLACE.in_([_values(place) for place in places])
    query = select(FindingRow).where(wanted, FindingRow.state.is_not(None), _within(part))
    return [_queued(row) for row in connection.execute(query.order_by(*_PLACES))]


def _within(part: Part) -> ColumnElement[bool]:
    return part.records_within(FindingRow.site, FindingRow.team, FindingRow.region)


def _conditions(part: Part, sought: Sought, state: State) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_within(part)]
    if sought.people is None:
        found.append(FindingRow.state == str(state))
    else:  # few people are looked up by themselves: the state, written so, asks for no index
        found += [FindingRow.about.in_(sought.people), FindingRow.state.concat("") == str(state)]
    for column, value in (
        (FindingRow.rule, sought.rule),
        (FindingRow.severity, sought.severity),
        (FindingRow.site, sought.site),
        (FindingRow.team, sought.team),
    ):
        if value:
            found.append(column == value)
    if sought.regions:
        found.append(FindingRow.region.in_(sorted(sought.regions)))
    if sought.from_ms > -EVER_MS:
        found.append(FindingRow.at_ms >= sought.from_ms)
    if sought.before_ms < EVER_MS:
        found.append(FindingRow.at_ms < sought.before_ms)
    return found


def _queued(row: Row[Any]) -> Queued:
    place = Place(row.at_ms, row.about, row.rule, bytes(row.digest))
    return Queued(place, State(row.state), row.team, row.region, found_of(row))


def _values(place: Place) -> tuple[Any, ...]:
    return place.at_ms, place.about, place.rule, place.digest


_ORDER = ("at_ms", "about", "rule", "digest")
_PLACES = (FindingRow.at_ms, FindingRow.about, FindingRow.rule, FindingRow.digest)
_PLACE = tuple_(*_PLACES)
