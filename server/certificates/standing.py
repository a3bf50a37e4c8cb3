"""How certificates stand. It is derived, never stored: whatever order entries come in, the same set gives the same answer (I4).

A certificate holds as long as the rows that it rests on are what facts mean now, nobody withdrew it, and none is in its place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from re import fullmatch
from typing import Any

from sqlalchemy import Connection, Select, literal, select, union_all

from schemas.central_entry import Certify
from schemas.vocabulary import NUMBER_PATTERN
from server.books.derive.drain import is_behind
from server.books.hours import Span
from server.books.periods.confirmed import Books, read_books
from server.books.periods.months import month_of
from server.central_order import BEHIND_ALL, order_of, placed
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


def changed_of(connection: Connection, people: Collection[str], books: Books) -> list[Certify]:
    """Give the certificates of people, under any of these numbers, that are not what their books, of all days, say any more."""
    found: list[Certify] = []
    for some in in_parts(sorted(people)):
        rows = _read(connection, CERTIFICATES.where(CertificateRow.who.in_(some)))
        entries = [(entry, place) for entry, _, place in rows]
        is_other = _changed(entries, books)
        found += [entry for (entry, _), other in zip(entries, is_other, strict=True) if other]
    return found


def stand(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[Standing]:
    """Say how the certificates stand that this question gives (hash, body, rank and seq of each), in central order.

    As many questions are asked of many as of one.
    """
    found = _read(connection, query)
    if not found:
        return []
    ended = _ended(connection, [entry_hash for _, entry_hash, _ in found])
    entries = [(entry, place) for entry, _, place in found]
    changed = _changed(entries, _books(connection, [entry for entry, _ in entries]))
    otherwise = State.UNSETTLED if any(changed) and is_behind(connection) else State.CHANGED
    standing = []
    for (entry, entry_hash, place), is_other in zip(found, changed, strict=True):
        state = ended.get(entry_hash, otherwise if is_other else State.GOOD)
        standing.append(Standing(entry, entry_hash, place, state, is_other))
    return sorted(standing, key=lambda one: one.place)


def _read(
    connection: Connection, query: Select[*tuple[Any, ...]]
) -> list[tuple[Certify, bytes, int]]:
    """Give certificates with their hashes and places in central order."""
    return [
        (certificate_of(bytes(row.body)), bytes(row.hash), order_of(row.rank, row.seq))
        for row in connection.execute(query)
    ]


def _changed(certificates: list[tuple[Certify, int]], books: Books) -> list[bool]:
    """Tell of each certificate whether its rows are other than they were."""
    return [
        digest_of(
            row
            for row in books.credited[books.who_is.keeper(entry.who)]
            if entry.first_day <= row.day <= entry.last_day
            and books.closes.get((row.site, month_of(row.day)), BEHIND_ALL) < place
        )
        != entry.digest
        for entry, place in certificates
    ]


def _books(connection: Connection, certificates: Collection[Certify]) -> Books:
    span = Span(
        min(entry.first_day for entry in certificates),
        max(entry.last_day for entry in certificates),
    )
    return read_books(connection, {entry.who for entry in certificates}, span)


def _ended(connection: Connection, hashes: Iterable[bytes]) -> dict[bytes, State]:
    """Give those of these certificates that were replaced or withdrawn; withdrawn weighs more."""
    found: dict[bytes, State] = {}
    for some in in_parts(hashes):
        replaced = select(CertificateRow.replaces, literal(0)).where(CertificateRow.replaces.in_(some))  # fmt: skip
        withdrawn = select(CertificateEnd.certificate, literal(1)).where(CertificateEnd.certificate.in_(some))  # fmt: skip
        for entry_hash, is_withdrawn in connection.execute(union_all(replaced, withdrawn)):
            if is_withdrawn:
                found[bytes(entry_hash)] = State.WITHDRAWN
            else:
                found.setdefault(bytes(entry_hash), State.REPLACED)
    return found


def certificate_of(body: bytes) -> Certify:
    """Read a certificate from its entry's bytes."""
    entry = understand(body)
    if not isinstance(entry, Certify):
        raise TypeError("the row of a certificate holds another entry")
    return entry


CERTIFICATES = placed(select(CertificateRow.hash, CertificateRow.body), CertificateRow.hash)
"""The question for all certificates, to be narrowed."""
