"""By which words a volunteer is found: number, name, its readings, phone. Each is a row of an index in order of words."""

from collections.abc import Sequence
from enum import IntEnum

from server.people.readings import CHARS_MAX, Reading, fold

Word = tuple[int, str, str, str, str]
"""A row of `volunteer_word`: kind, word, number, team, region."""


class WordKind(IntEnum):
    """What a word is. Stored: never renumber."""

    NUMBER = 1
    NAME = 2
    PINYIN = 3
    INITIALS = 4
    PHONE = 5


def words(
    number: str, name: str, phone: str, team: str, region: str, ways: Sequence[Reading]
) -> list[Word]:
    """Give every word of a volunteer whose name is read in these ways; none that is empty."""
    found: list[tuple[int, str]] = [
        (WordKind.NUMBER, fold(number)),
        (WordKind.NAME, fold(name)[:CHARS_MAX]),
        (WordKind.PHONE, digits(phone)[:CHARS_MAX]),
    ]
    for way in ways:
        found += [(WordKind.PINYIN, way.pinyin), (WordKind.INITIALS, way.initials)]
    return [(int(kind), word, number, team, region) for kind, word in found if word]


def digits(phone: str) -> str:
    """Give a phone number as it is compared: digits alone, without the country's."""
    if len(phone) <= _NATIONAL and phone.isascii() and phone.isdigit():
        return phone
    plain = "".join(char for char in phone if "0" <= char <= "9")
    return plain.removeprefix("0086").removeprefix("86") if len(plain) > _NATIONAL else plain


_NATIONAL = 11
"""Digits of a mobile number within the country."""
