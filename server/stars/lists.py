"""Lists of people with stars, as the central log has them: who is on one, and who is left on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, select

from schemas.central_entry import Listed as Part
from schemas.central_entry import ListedRow
from schemas.vocabulary import Code
from server.books.decisions.correct import HEX_MIN
from server.models.star_list import StarList, StarListPart, StarObjection
from server.stars.notices import Notice, Objection, notices, read_as
from sync.errors import Refused

_pack = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class StarsList(Notice):
    """A list with its people, by code point of who."""

    rows: tuple[ListedRow, ...]

    @property
    def left(self) -> tuple[ListedRow, ...]:
        """Give who is on it still."""
        struck = self.struck
        return tuple(row for row in self.rows if row[0] not in struck)


def digest_of(rows: Sequence[ListedRow]) -> bytes:
    """Give the hash over the rows of a list (`docs/protocol.md`, `publish`)."""
    return sha256(_pack([list(row) for row in sorted(rows)])).digest()


def find_list(connection: Connection, prefix: str) -> StarsList:
    """Find a list by its hash in hex, or how that begins. Raise `Refused(not_found)` for none, or several."""
    rows = connection.execute(
        select(StarList.hash, StarList.body).where(StarList.hash.between(*_range(prefix))).limit(2)
    ).all()
    if len(rows) != 1:
        raise Refused(Code.NOT_FOUND, f"没有这个名单 / no such list: {prefix}")
    (found,) = notices(connection, [(bytes(rows[0].hash), bytes(rows[0].body))])
    people = read_rows(connection, [found.entry.mark])[found.entry.mark]
    return StarsList(found.hash, found.entry, found.objections, found.end, tuple(people))


def find_objection(connection: Connection, prefix: str) -> tuple[Objection, StarsList]:
    """Find an objection by its hash in hex, or how that begins, and its list. Raise `Refused(not_found)`."""
    query = select(StarObjection.hash, StarObjection.list)
    rows = connection.execute(
        query.where(StarObjection.hash.between(*_range(prefix))).limit(2)
    ).all()
    if len(rows) != 1:
        raise Refused(Code.NOT_FOUND, f"没有这个异议 / no such objection: {prefix}")
    of = find_list(connection, bytes(rows[0].list).hex())
    return next(one for one in of.objections if one.hash == bytes(rows[0].hash)), of


def read_rows(connection: Connection, marks: Collection[bytes]) -> dict[bytes, list[ListedRow]]:
    """Give the people on lists, by the mark of each list; by code point of who."""
    found: dict[bytes, list[ListedRow]] = {mark: [] for mark in marks}
    query = select(StarListPart.mark, StarListPart.body).where(StarListPart.mark.in_(marks))
    for mark, body in connection.execute(query):
        found[bytes(mark)] += read_as(Part, bytes(body)).rows
    return {mark: sorted(rows) for mark, rows in found.items()}


def _range(prefix: str) -> tuple[bytes, bytes]:
    if not HEX_MIN <= len(prefix) <= 64 or set(prefix) - set("0123456789abcdef"):
        raise Refused(Code.NOT_FOUND, f"不是编号 / not a hash: {prefix[:64]}")
    first, last = (bytes.fromhex(prefix + fill * (64 - len(prefix))) for fill in "0f")
    return first, last
