"""Find volunteers by what somebody types: a number, a name, its pinyin or initials, a phone. An index of words answers.

A page is bounded, and goes on behind the last word of the page before: nothing is counted, nothing skipped by offset.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, select, tuple_

from schemas.vocabulary import Code
from server.access.part import Part
from server.limits import SEARCH_CHARS_MAX
from server.models.now import VolunteerNow, VolunteerWord
from server.people.readings import fold, is_sign, readings
from server.people.words import WordKind, digits
from sync.errors import Refused

PHONE_DIGITS_MIN = 7
"""A phone is found by the whole of it alone: who types less is not told whose numbers begin that way."""
_BEHIND = "\U0010ffff"
"""Behind every sign, on both databases."""


class Person(NamedTuple):
    """A volunteer, as lists show them. Codes of team and region."""

    number: str
    name: str
    pinyin: str
    team: str
    region: str


class Range(NamedTuple):
    """Words of a kind that begin in a certain way, or are exactly that."""

    kind: WordKind
    start: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of those found, in the order of words. after: where the next page begins, "" where there is none."""

    people: Sequence[Person]
    after: str


def search(
    connection: Connection, part: Part, text: str, *, after: str = "", limit: int, by_phone: bool
) -> Page:
    """Find people within a part. by_phone: whoever asks may see phones, too.

    after: from the page before. Raise `Refused(bad_field)` for one that is none.
    """
    wanted = ranges(text, by_phone=by_phone)
    place = _read_place(after, wanted)
    found: dict[str, Person] = {}
    last = ""
    for index, one in enumerate(wanted):
        if place is not None and index < place[0]:
            continue
        query = _query(part, wanted[:index], one)
        if place is not None and index == place[0]:
            query = query.where(tuple_(VolunteerWord.word, VolunteerWord.number) > place[1])
        rows = connection.execute(query.limit(limit + 1)).all()
        for word, *values in rows[:limit]:
            if len(found) == limit:
                return Page(list(found.values()), last)
            person = Person(*values)
            found[person.number] = person
            last = f"{index}~{person.number}~{word}"
        if (
            len(rows) > limit
        ):  # also where somebody was found by two readings, and the page is short
            return Page(list(found.values()), last)
    return Page(list(found.values()), "")


def ranges(text: str, *, by_phone: bool) -> list[Range]:
    """Give where to look for what was typed, the likeliest first."""
    typed = fold(text[:SEARCH_CHARS_MAX])
    return list(_ranges(text, typed, by_phone=by_phone)) if typed else []


def _ranges(text: str, typed: str, *, by_phone: bool) -> Iterator[Range]:
    has_signs = any(is_sign(char) for char in typed)
    if has_signs:
        yield Range(WordKind.NAME, typed)
        if not all(is_sign(char) for char in typed):  # 张wei
            yield Range(WordKind.PINYIN, readings(text[:SEARCH_CHARS_MAX])[0].pinyin)
        return
    if any("0" <= char <= "9" for char in typed):
        yield Range(WordKind.NUMBER, typed)
        phone = digits(text[:SEARCH_CHARS_MAX])
        if by_phone and len(phone) >= PHONE_DIGITS_MIN:
            yield Range(WordKind.PHONE, phone, whole=True)
    if not typed.isdigit():
        if len(typed) > 1:
            yield Range(WordKind.PINYIN, typed)
        yield Range(WordKind.INITIALS, typed)


def _query(
    part: Part, before: Sequence[Range], wanted: Range
) -> Select[str, str, str, str, str, str]:
    """Ask for the people of a range; those whom the range before told are left out."""
    word, person = VolunteerWord, VolunteerNow
    asked = select(word.word, person.number, person.name, person.pinyin, person.team, person.region)
    asked = asked.join(person, person.number == word.number)
    asked = asked.where(word.kind == int(wanted.kind), _begins(word.word, wanted))
    if not part.is_all:
        asked = asked.where(part.people_within(word.team, word.region))
    told = next((one for one in before if one.kind is WordKind.PINYIN), None)
    if told is not None:
        asked = asked.where(~_begins(person.pinyin, told))
    return asked.order_by(word.word, word.number)


def _begins(column, wanted: Range):  # type: ignore[no-untyped-def] # columns of either table
    if wanted.whole:
        return column == wanted.start
    return and_(column >= wanted.start, column < wanted.start + _BEHIND)


def _read_place(after: str, wanted: Sequence[Range]) -> tuple[int, tuple[str, str]] | None:
    if not after:
        return None
    index, _, rest = after.partition("~")
    number, _, word = rest.partition("~")
    if (
        index not in [str(n) for n in range(len(wanted))]
        or not number
        or len(after) > 4 * SEARCH_CHARS_MAX
    ):
        raise Refused(Code.BAD_FIELD, "after")
    return int(index), (word, number)
