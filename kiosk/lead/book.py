"""The names of the site's people, opened for the lead at the screen: in memory alone, and gone when they are.

Found by name, by pinyin whole or by initials, and by number, also by a part of it. Readings were made at the centre.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from sys import intern
from typing import NamedTuple

from kiosk import device, view
from kiosk.limits import PEOPLE_OPENED_MAX, SEARCH_ROWS_MAX
from kiosk.store import Database
from sync.errors import Refused
from sync.parcel import site_channel
from sync.site_names import Opener, Person, fold, open_secret, public_of

MIDDLE_CHARS_MIN = 2
"""From how many letters on what is typed is looked for within words, too."""


class Called(NamedTuple):
    """How a person is called. team: its name, "" for none."""

    number: str
    name: str
    team: str


NOBODY = Called("", "", "")


@dataclass(frozen=True, slots=True)
class Book:
    """People by number, with the line by which they are found. is_told: whether the centre sealed names to this kiosk at all."""

    lines: dict[str, tuple[Called, str]] = field(default_factory=dict)
    is_told: bool = False

    def called(self, number: str) -> Called:
        """Give how somebody is called; `NOBODY` for one who is not of this site's people."""
        return self.lines.get(number, (NOBODY, ""))[0]

    def find(self, part: str) -> list[Called]:
        """Give people for what was typed, the likeliest first: by a whole word, the beginning of one, or its middle."""
        typed = fold(part)
        if not typed:
            return []
        ranked = ((_rank(line, typed), called) for called, line in self.lines.values())
        best = nsmallest(SEARCH_ROWS_MAX, (one for one in ranked if one[0]))
        return [called for _, called in best]


def open_book(db: Database, names_key: bytes) -> Book:
    """Open the names that the view has. What is not sealed for this kiosk, or is damaged, is left out."""
    row = db.execute(
        "SELECT sealed FROM name_keys WHERE public = ?", (public_of(names_key).hex(),)
    ).fetchone()
    if row is None:
        return Book()
    try:
        opener = Opener(open_secret(names_key, row[0]))
    except Refused:
        return Book()
    return Book(dict(map(_line, _opened(db, opener))), is_told=True)


def state_of(db: Database) -> tuple[object, ...]:
    """Name the state of the view that a book is opened from."""
    here = device.read_enrolment(db)
    return (here.site, view.standings(db).get(site_channel(here.site))) if here else ()


def _opened(db: Database, opener: Opener) -> Iterator[Person]:
    asked = "SELECT number, sealed FROM people ORDER BY number LIMIT ?"
    for number, sealed in db.execute(asked, (PEOPLE_OPENED_MAX,)):
        try:
            yield opener.open(number, sealed)
        except Refused:
            continue  # under the secret before: the rest of the change is still to come


def _line(person: Person) -> tuple[str, tuple[Called, str]]:
    """Put the words by which a person is found in one line, each with a blank before and behind."""
    called = Called(person.number, person.name, intern(person.team))
    return person.number, (called, f" {person.words} {fold(person.number)} ")


def _rank(line: str, typed: str) -> int:
    """Say how well a line fits: 1 by a whole word, 2 by the beginning of one, 3 by its middle; 0 for not at all."""
    if typed not in line:
        return 0
    if f" {typed}" in line:
        return 1 if f" {typed} " in line else 2
    return 3 if len(typed) >= MIDDLE_CHARS_MIN or not typed.isascii() else 0
