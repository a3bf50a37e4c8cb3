"""Certificates as staff read them: whose, over what, by whom, and how each stands."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

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


def read_certificates(
    connection: Connection,
    part: Part,
    *,
    number: str = "",
    before: str = "",
    most: int = CERTIFICATES_LISTED_MAX,
) -> list[Listed]:
    """Give certificates of people within a part, or of one person, the newest first: at most `most`.

    before: only those that were issued before this one.
    """
    query = _within(part)
    if number:
        query = query.where(CertificateRow.who == number)
    if before:
        log, seq = _place(connection, before)
        earlier = (CentralPlace.log == log) & (CentralPlace.seq < seq)
        query = query.where((CentralPlace.log < log) | earlier)
    newest = query.order_by(CentralPlace.log.desc(), CentralPlace.seq.desc()).limit(most)
    found = list(reversed(stand(connection, newest)))
    called = names(connection, {one.entry.who for one in found})
    return [_listed(one, called) for one in found]


def read_certificate(connection: Connection, part: Part, number: str) -> Listed | None:
    """Give the certificate with this number, of somebody within a part; None if there is none."""
    found = stand(connection, _within(part).where(CertificateRow.number == number))
    if not found:
        return None
    return _listed(found[0], names(connection, [found[0].entry.who]))


def _within(part: Part) -> Select[bytes, bytes, int, int]:
    if part.is_all:
        return CERTIFICATES
    return CERTIFICATES.where(CertificateRow.who.in_(people_of(part)))


def _place(connection: Connection, number: str) -> tuple[int, int]:
    """Give log and seq of the certificate with this number; before all there are, if there is none."""
    place = select(CentralPlace.log, CentralPlace.seq).join(
        CertificateRow, CertificateRow.hash == CentralPlace.hash
    )
    found = connection.execute(place.where(CertificateRow.number == number)).first()
    return (0, 0) if found is None else (found.log, found.seq)


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
