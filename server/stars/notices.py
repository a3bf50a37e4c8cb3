"""Lists of stars without the people on them: what was put up, what was objected, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, Select, select, tuple_

from schemas.central_entry import Answer, Conclude, Object, Publish
from schemas.vocabulary import Code, Outcome
from server.books.decisions.correct import first_answers
from server.limits import STAR_LISTS_LISTED_MAX
from server.models.central_place import CentralPlace
from server.models.star_list import StarList, StarListEnd, StarObjection
from server.people.roster import in_parts
from sync.canonical import understand
from sync.errors import Refused

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
class Notice:
    """A list that was put up: what was objected, and how it ended (None: not yet)."""

    hash: bytes
    entry: Publish
    objections: tuple[Objection, ...]
    end: Conclude | None

    @property
    def struck(self) -> frozenset[str]:
        """Give who was taken off it."""
        return frozenset(one.entry.who for one in self.objections if one.is_granted)

    def stage(self, day: int) -> Stage:
        """Say how it stands on a local date."""
        if self.end is not None:
            return Stage.CONCLUDED
        return Stage.UP if day <= self.entry.until_day else Stage.WAITS


def all_lists(
    connection: Connection, *, before: bytes = b"", limit: int = STAR_LISTS_LISTED_MAX
) -> list[Notice]:
    """Give the newest lists, the newest first. before: hash of the one to go on behind. Raise `Refused(not_found)`."""
    query: Select[bytes, bytes] = (
        select(StarList.hash, StarList.body)
        .join(CentralPlace, CentralPlace.hash == StarList.hash)
        .order_by(CentralPlace.log.desc(), CentralPlace.seq.desc())
        .limit(limit)
    )
    if before:
        place = select(CentralPlace.log, CentralPlace.seq).where(CentralPlace.hash == before)
        there = connection.execute(place.limit(1)).first()
        if there is None:
            raise Refused(Code.NOT_FOUND, "没有这个名单 / no such list")
        query = query.where(tuple_(CentralPlace.log, CentralPlace.seq) < tuple_(*there))
    rows = connection.execute(query).all()
    return notices(connection, [(bytes(row.hash), bytes(row.body)) for row in rows])


def notices(connection: Connection, lists: Sequence[tuple[bytes, bytes]]) -> list[Notice]:
    """Give these lists (hash, body of each), in their order. As many questions are asked for many as for one."""
    hashes = [entry_hash for entry_hash, _ in lists]
    objections, ends = _objections(connection, hashes), _ends(connection, hashes)
    return [
        Notice(
            entry_hash,
            read_as(Publish, body),
            tuple(objections.get(entry_hash, ())),
            ends.get(entry_hash),
        )
        for entry_hash, body in lists
    ]


def read_as(kind: type[Kind], body: bytes) -> Kind:
    """Read an entry of a kind from its bytes."""
    entry = understand(body)
    if not isinstance(entry, kind):
        raise TypeError(f"a row of {kind.__name__} holds another entry")
    return entry


def _objections(connection: Connection, lists: Sequence[bytes]) -> dict[bytes, list[Objection]]:
    """Give the objections to each list, in order of time."""
    query = select(StarObjection.hash, StarObjection.list, StarObjection.body)
    rows = connection.execute(query.where(StarObjection.list.in_(lists))).all()
    answers: dict[bytes, Answer] = {}
    for some in in_parts(bytes(row.hash) for row in rows):
        answers |= first_answers(connection, some)
    found: dict[bytes, list[Objection]] = {}
    for row in rows:
        entry_hash = bytes(row.hash)
        one = Objection(entry_hash, read_as(Object, bytes(row.body)), answers.get(entry_hash))
        found.setdefault(bytes(row.list), []).append(one)
    for several in found.values():
        several.sort(key=lambda one: (one.entry.asked_ms, one.hash))
    return found


def _ends(connection: Connection, lists: Sequence[bytes]) -> dict[bytes, Conclude]:
    """Give how lists ended: of several entries the first in central order counts."""
    rows = connection.execute(
        select(StarListEnd.list, StarListEnd.body)
        .join(CentralPlace, CentralPlace.hash == StarListEnd.hash)
        .where(StarListEnd.list.in_(lists))
        .order_by(CentralPlace.log.desc(), CentralPlace.seq.desc())
    ).all()
    return {bytes(row.list): read_as(Conclude, bytes(row.body)) for row in rows}
