"""Whom somebody means by what they type into a list's search."""

from re import fullmatch

from sqlalchemy import Connection

from schemas.vocabulary import NUMBER_PATTERN
from server.access.part import EVERYTHING
from server.people.search import search

_PEOPLE_MAX = 100


def people_meant(connection: Connection, text: str) -> tuple[str, ...] | None:
    """Give whom a search means: the number it is, and whoever is found by name or pinyin; None for no text.

    Names are looked for everywhere: whoever lists something about these people cuts that to a part, and may show what is within
    it about people of elsewhere.
    """
    if not text:
        return None
    found = search(connection, EVERYTHING, text, limit=_PEOPLE_MAX, by_phone=False).people
    exact = {text, text.upper()} if fullmatch(NUMBER_PATTERN, text) else set()
    return tuple(sorted(exact.union(person.number for person in found)))
