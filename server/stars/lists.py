"""Lists of people with stars, as the central log has them: who is on one, what was objected, and how it stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Select, select

from schemas.central_entry import Answer, Conclude, ListedRow, Object, Publish
from schemas.central_entry import Listed as Part
from schemas.vocabulary import Code, Outcome
from server.books.correct import HEX_MIN, first_answer
from server.limits import STAR_LISTS_LISTED_MAX
from server.models.central_place import CentralPlace
from server.models.star_list import StarList, StarListEnd, StarListPart, StarObjection
from sync.canonical import understand
from sync.errors import Refused

_pack = msgspec.msgpack.Encoder().encode
Kind = TypeVar("Kind")


class Stage(StrEnum):
    """How a list stands on a day."""

    UP = "up"
    WAITS = "waits"
    """It was up long enough; what is open has to be answered, then it can be concluded."""
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection and its answer, if it has one."""

    hash: bytes
    entry: Object
    answer: Answer | None

    @property
    def is_granted(self) -> bool:
        """Tell whether it takes the person off the list."""
        return self.answer is not None and self.answer.outcome == Outcome.AGREED


@dataclass(frozen=True, slots=True)
class StarsList:
    """A list: what was put up, what was objected, and how it ended (None: not yet)."""

    hash: bytes
    entry: Publish
    rows: tuple[ListedRow, ...]
    objections: tuple[Objection, ...]
    end: Conclude | None

    @property
    def left(self) -> tuple[ListedRow, ...]:
        """Give who is on it still."""
        struck = {one.entry.who for one in self.objections if one.is_granted}
        return tuple(row for row in self.rows if row[0] not in struck)

    def stage(self, day: int) -> Stage:
        """Say how it stands on a local date."""
        if self.end is not None:
            return Stage.CONCLUDED
        return Stage.UP if day <= self.entry.until_day else Stage.WAITS


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
    return _list(connection, bytes(rows[0].hash), bytes(rows[0].body))


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


def all_lists(connection: Connection) -> list[StarsList]:
    """Give the newest lists, the newest first."""
    query: Select[bytes, bytes] = (
        select(StarList.hash, StarList.body)
        .join(CentralPlace, CentralPlace.hash == StarList.hash)
        .order_by(CentralPlace.log.desc(), CentralPlace.seq.desc())
        .limit(STAR_LISTS_LISTED_MAX)
    )
    rows = connection.execute(query).all()
    return [_list(connection, bytes(row.hash), bytes(row.body)) for row in rows]


def _list(connection: Connection, entry_hash: bytes, body: bytes) -> StarsList:
    entry = _as(Publish, body)
    parts = connection.scalars(select(StarListPart.body).where(StarListPart.mark == entry.mark))
    rows = sorted(row for part in parts for row in _as(Part, bytes(part)).rows)
    said = connection.execute(
        select(StarObjection.hash, StarObjection.body)
        .where(StarObjection.list == entry_hash)
        .order_by(StarObjection.hash)
    ).all()
    objections = [
        Objection(
            bytes(one.hash), _as(Object, bytes(one.body)), first_answer(connection, bytes(one.hash))
        )
        for one in said
    ]
    ends = connection.scalars(
        select(StarListEnd.body)
        .join(CentralPlace, CentralPlace.hash == StarListEnd.hash)
        .where(StarListEnd.list == entry_hash)
        .order_by(CentralPlace.log, CentralPlace.seq)
    ).all()
    end = _as(Conclude, bytes(ends[0])) if ends else None
    in_time = sorted(objections, key=lambda one: (one.entry.asked_ms, one.hash))
    return StarsList(entry_hash, entry, tuple(rows), tuple(in_time), end)


def _range(prefix: str) -> tuple[bytes, bytes]:
    if not HEX_MIN <= len(prefix) <= 64 or set(prefix) - set("0123456789abcdef"):
        raise Refused(Code.NOT_FOUND, f"不是编号 / not a hash: {prefix[:64]}")
    first, last = (bytes.fromhex(prefix + fill * (64 - len(prefix))) for fill in "0f")
    return first, last


def _as(kind: type[Kind], body: bytes) -> Kind:
    entry = understand(body)
    if not isinstance(entry, kind):
        raise TypeError(f"a row of {kind.__name__} holds another entry")
    return entry
