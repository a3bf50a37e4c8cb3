"""What of a person lies within a part of the tree (I9): some of their records, their scans there, or all that is theirs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.derive.person_now import Now
from server.models.derived import RecordRow
from server.models.now import VolunteerNow
from server.reconcile.facts import ScanFact
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a person is within. is_whole: they are of a team or region within, so that all is."""

    part: Part
    is_whole: bool
    records: frozenset[bytes]

    def has_record(self, record: bytes) -> bool:
        """Tell whether a record of the person is within."""
        return self.is_whole or record in self.records

    def has_scan(self, scan: ScanFact) -> bool:
        """Tell whether a scan that belongs to no record is within."""
        return self.is_whole or self.part.has_site(scan.site)


def seen_of(connection: Connection, part: Part, now: Now) -> Seen:
    """Find out what of a person is within."""
    if part.is_all or has_person(connection, part, now.numbers):
        return Seen(part, True, frozenset())
    inside = part.records_within(RecordRow.site, RecordRow.team, RecordRow.region)
    own = select(RecordRow.id).where(RecordRow.who == now.who, inside)
    return Seen(part, False, frozenset(bytes(each) for each in connection.scalars(own)))


def has_person(connection: Connection, part: Part, numbers: Collection[str]) -> bool:
    """Tell whether somebody who has one of these numbers is of a team or region within."""
    if part.is_all:
        return True
    inside = part.people_within(VolunteerNow.team, VolunteerNow.region)
    asked = select(VolunteerNow.number).where(VolunteerNow.number.in_(sorted(numbers)), inside)
    return connection.scalar(asked.limit(1)) is not None


def people_within(connection: Connection, part: Part, numbers: Collection[str]) -> set[str]:
    """Give those of these numbers whose people are of a team or region within."""
    if part.is_all or not numbers:
        return set(numbers)
    inside = part.people_within(VolunteerNow.team, VolunteerNow.region)
    asked = select(VolunteerNow.number).where(VolunteerNow.number.in_(sorted(numbers)), inside)
    return set(connection.scalars(asked))


def require_records(connection: Connection, part: Part, now: Now, prefixes: Iterable[str]) -> None:
    """Refuse (`not_found`) records or lone scans, named by how their ids begin, of which one lies outside the part.

    What does not exist is left to whoever looks for it, and is answered alike.
    """
    if part.is_all:
        return
    seen = seen_of(connection, part, now)
    for prefix in prefixes:
        records = [seen.has_record(record.id) for record in now.records(prefix)]
        scans = [seen.has_scan(scan) for scan in now.lone_scans(prefix)]
        if not all(records or scans):
            raise Refused(Code.NOT_FOUND, f"没有这条记录 / no such record: {prefix}")
