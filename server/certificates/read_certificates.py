"""Certificates as staff read them: whose, over what, by whom, and how each stands."""

from dataclasses import dataclass

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import iso_date, iso_time
from server.certificates.standing import CERTIFICATES, Standing, stand
from server.limits import CERTIFICATES_LISTED_MAX
from server.models.central_place import CentralPlace
from server.models.certificate import CertificateRow
from server.people.roster import names
from server.people.within import people_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate. first, last: local dates. state: a `State`."""

    number: str
    volunteer: str
    name: str
    first: str
    last: str
    minutes: int
    rows: int
    issued: str
    issuer: str
    by: str
    state: str
    entry: str


def read_certificates(connection: Connection, part: Part, *, number: str = "") -> list[Listed]:
    """Give certificates of people within a part, or of one person, the newest first: at most `CERTIFICATES_LISTED_MAX`."""
    query = CERTIFICATES
    if not part.is_all:
        query = query.where(CertificateRow.who.in_(people_of(part)))
    if number:
        query = query.where(CertificateRow.who == number)
    newest = query.order_by(CentralPlace.log.desc(), CentralPlace.seq.desc()).limit(
        CERTIFICATES_LISTED_MAX
    )
    found = list(reversed(stand(connection, newest)))
    called = names(connection, {one.entry.who for one in found})
    return [_listed(one, called) for one in found]


def _listed(one: Standing, called: dict[str, str]) -> Listed:
    entry = one.entry
    return Listed(
        entry.number,
        entry.who,
        called.get(entry.who, ""),
        iso_date(entry.first_day),
        iso_date(entry.last_day),
        entry.minutes,
        entry.rows,
        iso_time(entry.wall_ms),
        entry.issuer,
        entry.by,
        str(one.state),
        one.hash.hex(),
    )
