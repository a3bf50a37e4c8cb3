"""What reference data says of some people, every version of it, read once: as it stands, and as it stood before."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection

from server import bulk
from server.badges.signing_keys import KeyState
from server.people.badges_gone import SAID, GoneRow, gone_rows
from server.people.roster import FEW, in_parts


class PersonRow(NamedTuple):
    """A version of a person. born: a local date (None: unknown)."""

    number: str
    valid_from: int
    entered: int
    team: str
    name: str
    born: int | None


class PersonVersions:
    """The versions of people, in order of number, `valid_from` and entry, and what was revoked of badges."""

    def __init__(self, connection: Connection) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._rows: list[PersonRow] = []
        self._asked: set[str] = set()
        self._has_all = False
        self.gone: list[GoneRow] = []

    def has(self, who: str) -> bool:
        """Tell whether this person was read."""
        return self._has_all or who in self._asked

    def read(self, people: Collection[str] | None) -> list[PersonRow]:
        """Read these people (None: everyone), and give their versions as plain rows."""
        self.__dict__.pop("_by_number", None)
        self._has_all = self._has_all or people is None
        self._asked.update(people or ())
        if people is not None and len(people) <= FEW:
            rows = self._read_both(people)
        else:
            rows = list(self._read(people))
            self.gone += gone_rows(self._connection, people)
        self._rows += rows
        return rows

    def of(self, who: str) -> Iterable[PersonRow]:
        """Give the versions of a person, who is read if nobody did."""
        if not self.has(who):
            self.read([who])
        return self._by_number.get(who, ())

    @cached_property
    def _by_number(self) -> Mapping[str, list[PersonRow]]:
        key: Callable[[PersonRow], str] = itemgetter(0)
        return {
            number: [PersonRow(*row) for row in rows]
            for number, rows in groupby(sorted(self._rows, key=key), key=key)
        }

    def _read_both(self, people: Collection[str]) -> list[PersonRow]:
        """Ask for people and badges in one question: where both are few, questions cost more than rows."""
        some = list(people) or [""]
        marks = ", ".join("?" * len(some))
        rows = []
        for is_badge, *row in bulk.fetch(
            self._connection, _BOTH.format(people=marks), (*some, *some)
        ):
            if is_badge:
                number, serial, from_ms, _, _, _, key, rank, seq = row
                self.gone.append((number, key, serial, from_ms, rank, seq))
            else:
                rows.append(PersonRow(*row[:6]))
        return rows

    def _read(self, people: Collection[str] | None) -> Iterator[PersonRow]:
        """Give rows as the driver made them, in the order of `PersonRow`: the hot path."""
        for some in [None] if people is None else in_parts(people):
            where = "" if some is None else f"WHERE number IN ({', '.join('?' * len(some))})"
            yield from bulk.fetch(  # type: ignore[misc] # tuples like it
                self._connection, _VERSIONS.format(where=where), tuple(some or ())
            )


_BOTH = (
    "SELECT 0, number, valid_from, entered, team, name, born, NULL, NULL, NULL FROM volunteer "  # noqa: S608 # our own words
    "WHERE number IN ({people}) "
    "UNION ALL SELECT 1, '', 0, k.from_ms, '', '', NULL, k.key, o.ordinal, p.seq "
    f"FROM badge_key k {SAID.format(hash='k.entry_hash')} WHERE k.state = '{KeyState.WITHDRAWN}' "
    "UNION ALL SELECT 1, b.number, b.serial, b.from_ms, '', '', NULL, NULL, o.ordinal, p.seq "
    f"FROM badge_revocation b {SAID.format(hash='b.entry_hash')} WHERE b.number IN ({{people}}) "
    "ORDER BY 1, 2, 3, 4"
)
_VERSIONS = (
    "SELECT number, valid_from, entered, team, name, born FROM volunteer {where} "
    "ORDER BY number, valid_from, entered"
)
