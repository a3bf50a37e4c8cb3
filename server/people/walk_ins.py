"""Walk-ins that nobody has matched yet: whom they may be, by what they gave of themselves (D4).

What they gave is sealed to the centre. It is opened for one walk-in at a time, for somebody who matches them; that is noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, or_, select

from schemas.entry import WalkIn as WalkInEntry
from schemas.vocabulary import Code
from server.access.part import Part
from server.books.derive.said import WALK_IN, unpack_said
from server.limits import (
    WALK_IN_CANDIDATES_MAX,
    WALK_IN_STRETCHES_MAX,
    WALK_INS_LOOKED_AT_MAX,
)
from server.models.decision import Merger, MergerEnd
from server.models.derived import SaidRow
from server.models.log import LogEntry
from server.models.now import VolunteerNow, VolunteerWord
from server.people.readings import fold, readings
from server.people.search import Person
from server.people.words import WordKind, digits
from sync.canonical import understand
from sync.errors import Refused
from sync.walk_in import open_details


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody with a temporary number. at_ms: corrected time; by: the lead who took them in. log, seq: the entry's place."""

    number: str
    at_ms: int
    site: str
    by: str
    log: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who it may be, and by what: `phone`, `name` or `reading`, the best first."""

    person: Person
    by: tuple[str, ...]


def unmatched(
    connection: Connection, part: Part, *, after: str = "", limit: int
) -> tuple[list[WalkIn], str]:
    """Give walk-ins at sites within a part whom nobody has matched, by number, and where the next page begins ("": nowhere)."""
    found: list[WalkIn] = []
    for _ in range(WALK_IN_STRETCHES_MAX):
        asked = _asked().where(SaidRow.who > after).order_by(SaidRow.who, SaidRow.hash)
        rows = connection.execute(asked.limit(WALK_INS_LOOKED_AT_MAX)).all()
        for row in rows:
            one = _read(row.who, bytes(row.hash), bytes(row.fact))
            if part.has_site(one.site):
                if len(found) == limit:
                    return found, found[-1].number
                found.append(one)
        if len(rows) < WALK_INS_LOOKED_AT_MAX:
            return found, ""
        after = rows[-1].who
    return found, after


def find_walk_in(connection: Connection, part: Part, number: str) -> WalkIn | None:
    """Give an unmatched walk-in; None where there is none, or at a site outside the part."""
    row = connection.execute(_asked().where(SaidRow.who == number).limit(1)).one_or_none()
    if row is None:
        return None
    one = _read(row.who, bytes(row.hash), bytes(row.fact))
    return one if part.has_site(one.site) else None


def details_of(connection: Connection, key: bytes, walk_in: WalkIn) -> Mapping[str, str]:
    """Open what a walk-in gave, with the centre's private key. Raise `Refused` where it was not sealed to it."""
    asked = select(LogEntry.body).where(
        LogEntry.log == walk_in.log, LogEntry.seq == walk_in.seq, LogEntry.hash == walk_in.hash
    )
    entry = understand(bytes(connection.execute(asked).scalar_one()))
    if not isinstance(entry, WalkInEntry):
        raise Refused(Code.MALFORMED, "walk_in")
    return open_details(key, entry.details)


def candidates(
    connection: Connection, part: Part, details: Mapping[str, str]
) -> Sequence[Candidate]:
    """Give volunteers within a part who have this phone, this name, or a name that is said alike."""
    wanted = _wanted(details)
    if not wanted:
        return []
    word, person = VolunteerWord, VolunteerNow
    alike = or_(*((word.kind == int(kind)) & (word.word == text) for kind, text in wanted))
    asked = (
        select(word.kind, person.number, person.name, person.pinyin, person.team, person.region)
        .join(person, person.number == word.number)
        .where(alike, part.people_within(word.team, word.region))
        .order_by(word.kind.desc(), word.number)
    )
    by: dict[str, list[str]] = {}
    people: dict[str, Person] = {}
    for kind, *values in connection.execute(asked.limit(WALK_IN_CANDIDATES_MAX)):
        one = Person(*values)
        people[one.number] = one
        by.setdefault(one.number, []).append(_BY[WordKind(kind)])
    best = sorted(by, key=lambda number: (-_weight(by[number]), number))
    return [Candidate(people[number], tuple(dict.fromkeys(by[number]))) for number in best]


def _wanted(details: Mapping[str, str]) -> list[tuple[WordKind, str]]:
    name, phone = details.get("name", ""), digits(details.get("phone", ""))
    found = [(WordKind.NAME, fold(name)), (WordKind.PHONE, phone)]
    found += [(WordKind.PINYIN, way.pinyin) for way in readings(name)]
    return [(kind, text) for kind, text in found if text]


_BY = {WordKind.PHONE: "phone", WordKind.NAME: "name", WordKind.PINYIN: "reading"}
_WEIGHTS = {"phone": 4, "name": 2, "reading": 1}


def _weight(by: Sequence[str]) -> int:
    return sum(_WEIGHTS[one] for one in set(by))


def _asked() -> Select[str, bytes, bytes]:
    stands = Merger.hash.not_in(select(MergerEnd.merger))
    matched = select(Merger.hash).where(Merger.who == SaidRow.who, stands).exists()
    asked = select(SaidRow.who, SaidRow.hash, SaidRow.fact)
    return asked.where(SaidRow.kind == WALK_IN, ~matched)


def _read(number: str, entry_hash: bytes, fact: bytes) -> WalkIn:
    said = unpack_said(fact)
    return WalkIn(number, said.at_ms, said.site, said.by, said.log, said.seq, entry_hash)
