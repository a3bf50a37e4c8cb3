"""How certificates stand. It is derived, never stored: whatever order entries come in, the same set gives the same answer (I4).

A certificate holds as long as the rows that it rests on are what facts mean now, nobody withdrew it, and none is in its place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from re import fullmatch
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from schemas.central_entry import Certify
from schemas.vocabulary import NUMBER_PATTERN
from server.books.confirmed import read_confirmed
from server.books.derive import is_behind
from server.books.hours import Span
from server.books.identities import read_identities
from server.central_order import order_of, ranks
from server.models.central_place import CentralPlace
from server.models.certificate import CertificateEnd, CertificateRow
from server.people.roster import in_parts
from sync.canonical import understand
from sync.certificate import digest_of


class State(StrEnum):
    """How a certificate stands; the first that applies, from below."""

    GOOD = "good"
    UNSETTLED = "unsettled"
    """Its rows are other than they were, and something that came in is not derived yet: ask again later."""
    CHANGED = "changed"
    """An adjustment has touched it: what it certifies is not what the books say."""
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate and how it stands. place: in central order. changed: its rows are other than they were."""

    entry: Certify
    hash: bytes
    place: int
    state: State
    changed: bool

    @property
    def holds(self) -> bool:
        """Tell whether it can be relied on."""
        return self.state is State.GOOD


def find_certificate(connection: Connection, number: str) -> Standing | None:
    """Give the certificate with this number, None if there is none: whatever text it is."""
    if not fullmatch(NUMBER_PATTERN, number):
        return None
    found = stand(connection, CERTIFICATES.where(CertificateRow.number == number))
    return found[0] if found else None


def certificates_of(connection: Connection, people: Collection[str]) -> list[Standing]:
    """Give all certificates of people, under any of these numbers, in central order."""
    found: list[Standing] = []
    for some in in_parts(sorted(people)):
        found += stand(connection, CERTIFICATES.where(CertificateRow.who.in_(some)))
    return sorted(found, key=lambda one: one.place)


def stand(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[Standing]:
    """Say how the certificates stand that this question gives (hash, body, log and seq of each), in central order."""
    rows = connection.execute(query).all()
    ended = _ended(connection, [bytes(row.hash) for row in rows])
    rank = ranks(connection)
    found = [_standing(connection, row, rank, ended) for row in rows]
    return sorted(found, key=lambda one: one.place)


def _standing(
    connection: Connection, row: Row[Any], rank: dict[int, int], ended: dict[bytes, State]
) -> Standing:
    entry, place = certificate_of(bytes(row.body)), order_of(rank[row.log], row.seq)
    changed = _is_changed(connection, entry, place)
    state = State.GOOD
    if changed:
        state = State.UNSETTLED if is_behind(connection) else State.CHANGED
    return Standing(
        entry, bytes(row.hash), place, ended.get(bytes(row.hash), state), changed=changed
    )


def _is_changed(connection: Connection, entry: Certify, place: int) -> bool:
    who = read_identities(connection, [entry.who]).keeper(entry.who)
    span = Span(entry.first_day, entry.last_day)
    return digest_of(read_confirmed(connection, who, span, before=place)) != entry.digest


def _ended(connection: Connection, hashes: Iterable[bytes]) -> dict[bytes, State]:
    """Give those of these certificates that were replaced or withdrawn; withdrawn weighs more."""
    found: dict[bytes, State] = {}
    for some in in_parts(hashes):  # type: ignore[arg-type] # any values
        replaced = select(CertificateRow.replaces).where(CertificateRow.replaces.in_(some))
        withdrawn = select(CertificateEnd.certificate).where(CertificateEnd.certificate.in_(some))
        found |= {bytes(one): State.REPLACED for one in connection.scalars(replaced)}
        found |= {bytes(one): State.WITHDRAWN for one in connection.scalars(withdrawn)}
    return found


def certificate_of(body: bytes) -> Certify:
    """Read a certificate from its entry's bytes."""
    entry = understand(body)
    if not isinstance(entry, Certify):
        raise TypeError("the row of a certificate holds another entry")
    return entry


CERTIFICATES = select(
    CertificateRow.hash, CertificateRow.body, CentralPlace.log, CentralPlace.seq
).join(CentralPlace, CentralPlace.hash == CertificateRow.hash)
"""The question for all certificates, to be narrowed."""
