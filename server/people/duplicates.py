"""Numbers that may be one person: the same phone, or the same name and date of birth. A person decides (`books.merge`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server.access.part import Part
from server.books.derive.identities import read_identities
from server.limits import DUPLICATE_PEOPLE_LOOKED_AT, DUPLICATE_WORDS_LOOKED_AT
from server.models.now import VolunteerNow, VolunteerWord
from server.people.readings import CHARS_MAX, fold
from server.people.words import WordKind, digits

PHONE, BORN = "phone", "born"


@dataclass(frozen=True, slots=True)
class Alike:
    """A volunteer who is like others. born: local date, None if not known."""

    number: str
    name: str
    born: int | None
    team: str
    region: str


@dataclass(frozen=True, slots=True)
class Group:
    """People who may be one: all have a word in common. first: the lowest number that has it, though it may be given up."""

    people: Sequence[Alike]
    first: str


def duplicates(
    connection: Connection, part: Part, by: str, *, after: str = "", limit: int
) -> tuple[list[Group], str]:
    """Give groups within a part who are alike by `PHONE` or `BORN`, and behind whom to go on ("" at the end).

    A bounded number of words is looked at, in their order; of a part, a bounded number of its people, in theirs: most words are
    of others. A page may be empty and still lead on. after: the number of a volunteer within the part, for phones must not
    stand in addresses.
    """
    kind = WordKind.PHONE if by == PHONE else WordKind.NAME
    if not part.is_all:
        return _of_people(connection, part, kind, after, limit)
    word = VolunteerWord
    seen = select(word.word, word.number).where(word.kind == int(kind))
    if after:
        seen = seen.where(word.word > _word_of(connection, part, kind, after))
    seen = seen.where(part.people_within(word.team, word.region)).order_by(word.word)
    some = seen.limit(DUPLICATE_WORDS_LOOKED_AT).subquery()
    last, count = connection.execute(select(func.max(some.c.word), func.count())).one()
    goes_on = count == DUPLICATE_WORDS_LOOKED_AT
    if goes_on:  # others with the last word may lie behind: it belongs to the next stretch
        before = connection.scalar(select(func.max(some.c.word)).where(some.c.word < last))
        last = before or last
    often = select(some.c.word).where(some.c.word <= (last or "")).group_by(some.c.word)
    twice = often.having(func.count() > 1).order_by(some.c.word)
    found = list(connection.scalars(twice.limit(limit + 1)))
    groups = _groups(connection, part, kind, found[:limit], by)
    if len(found) > limit:
        return groups, _holder(connection, part, kind, found[limit - 1])
    return groups, _holder(connection, part, kind, last) if goes_on else ""


def _of_people(
    connection: Connection, part: Part, kind: WordKind, after: str, limit: int
) -> tuple[list[Group], str]:
    """Give the groups of which the first person is among the next people of a part, and behind whom to go on."""
    person, by = VolunteerNow, PHONE if kind is WordKind.PHONE else BORN
    asked = select(person.number, person.name, person.phone, person.born)
    asked = asked.where(person.number > after, part.people_within(person.team, person.region))
    asked = asked.order_by(person.number)
    people = connection.execute(asked.limit(DUPLICATE_PEOPLE_LOOKED_AT + 1)).all()
    goes_on, people = len(people) > DUPLICATE_PEOPLE_LOOKED_AT, people[:DUPLICATE_PEOPLE_LOOKED_AT]
    meant = [row for row in people if by == PHONE or row.born is not None]
    words = {_word(kind, row.name, row.phone) for row in meant} - {""}
    numbers = {row.number for row in meant}
    groups = [g for g in _groups(connection, part, kind, sorted(words), by) if g.first in numbers]
    groups.sort(key=lambda group: group.first)
    if len(groups) > limit:
        return groups[:limit], groups[limit - 1].first
    return groups, people[-1].number if goes_on else ""


def _word(kind: WordKind, name: str, phone: str) -> str:
    return digits(phone)[:CHARS_MAX] if kind is WordKind.PHONE else fold(name)[:CHARS_MAX]


def _holder(connection: Connection, part: Part, kind: WordKind, text: str) -> str:
    """Give the number of one within the part who has this word: it will stand in an address."""
    word = VolunteerWord
    asked = select(word.number).where(word.kind == int(kind), word.word == text)
    asked = asked.where(part.people_within(word.team, word.region))
    return str(connection.execute(asked.order_by(word.number).limit(1)).scalar_one())


def _word_of(connection: Connection, part: Part, kind: WordKind, number: str) -> str:
    """Give the word of this kind that a volunteer has; "" for somebody who is not there, or not within the part."""
    person = VolunteerNow
    asked = select(person.name, person.phone).where(person.number == number)
    asked = asked.where(part.people_within(person.team, person.region))
    row = connection.execute(asked).one_or_none()
    if row is None:
        return ""
    return _word(kind, row.name, row.phone)


def _groups(
    connection: Connection, part: Part, kind: WordKind, words: Sequence[str], by: str
) -> list[Group]:
    person, word = VolunteerNow, VolunteerWord
    asked = (
        select(word.word, person.number, person.name, person.born, person.team, person.region)
        .join(person, person.number == word.number)
        .where(word.kind == int(kind), word.word.in_(words))
        .where(part.people_within(word.team, word.region))
        .order_by(word.word, word.number)
    )
    found: dict[tuple[str, int | None], list[Alike]] = {}
    for row in connection.execute(asked):
        text, one = row.word, Alike(row.number, row.name, row.born, row.team, row.region)
        if by == PHONE or one.born is not None:
            found.setdefault((text, None if by == PHONE else one.born), []).append(one)
    numbers = {one.number for people in found.values() for one in people}
    who_is = read_identities(connection, sorted(numbers))
    groups = []
    for people in found.values():
        kept = [one for one in people if who_is.keeper(one.number) == one.number]
        if len(kept) > 1:
            groups.append(Group(kept, people[0].number))
    return groups
