"""Who was assigned to which shift, and when shifts begin at sites: every version, read once, for now and for before."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from server import bulk
from server.people.roster import FEW, in_parts
from server.reconcile.facts import Shift
from server.reconcile.minutes import day_of
from server.reconcile.policy import DAY_MS


class Around(NamedTuple):
    """Local days of which shifts at a site are read, both included, and the day before the first."""

    first: int
    last: int

    def has(self, day: int) -> bool:
        """Tell whether it is known what begins on a day, or the day before."""
        return self.first <= day <= self.last


ALWAYS = Around(-(2**31), 2**31)


class Assigned(NamedTuple):
    """A person's assignment to a shift, from a day on, by the change `entered`."""

    shift: str
    since: int
    entered: int


_Row = tuple[str, str, int, int, str, int | None, int, str, int, int]
"""Whose assignment, or "" and the site of the shift; since and entered; of the shift: code, since, entered, post, start, end."""


class Planned:
    """What was planned of some people, and at some sites."""

    def __init__(self, connection: Connection) -> None:
        """Read nothing yet."""
        self._connection = connection
        self._assigned: dict[str, list[Assigned]] = {}
        self._shifts: dict[str, dict[tuple[int, int], Shift]] = {}
        self._begin: dict[str, dict[int, int]] = {}
        self._around: dict[str, Around] = {}
        self._has_all = False
        self._has_shifts: bool | None = None

    def read(
        self, people: Collection[str] | None, sites: Collection[str] = (), around: Around = ALWAYS
    ) -> None:
        """Read the assignments of these people (None: of everyone), and what begins at these sites around some days."""
        self._has_all = self._has_all or people is None
        if sites and people is not None and len(people) <= FEW:
            self._has_shifts = True  # to ask first whether there are any would be a question more
        for who in people or ():
            self._assigned.setdefault(who, [])
        if self.has_shifts():
            for site in sites:
                self._begin[site], self._around[site] = {}, around
            self._take(self._ask(people, sites, around))

    def forget(self) -> None:
        """Forget whose assignments were read."""
        self._assigned, self._has_all = {}, False

    def has_shifts(self) -> bool:
        """Tell whether there are shifts at all: where nobody plans, nothing is looked up."""
        if self._has_shifts is None:
            self._has_shifts = bool(bulk.fetch(self._connection, "SELECT 1 FROM shift LIMIT 1"))
        return self._has_shifts

    def assigned(self, who: str) -> Iterable[Assigned]:
        """Give the assignments of a person."""
        if who not in self._assigned and not self._has_all:
            self.read([who])
        return self._assigned.get(who, ())

    def versions(self, shift: str) -> Iterable[tuple[tuple[int, int], Shift]]:
        """Give the versions of a shift that somebody read is assigned to, by `since` and `entered`, in order."""
        return sorted(self._shifts.get(shift, {}).items())

    def begins(self, site: str, day: int) -> Mapping[int, int]:
        """Give the local days on which shifts begin at a site, this and the day before among them, each with the first change
        that said so.
        """
        if site not in self._around or not self._around[site].has(day):
            self.read((), [site])
        return self._begin[site]

    def _take(self, rows: Iterable[_Row]) -> None:
        for who, site, since, entered, code, known, changed, post, start_ms, end_ms in rows:
            if site:
                begin, at, told = self._begin[site], day_of(start_ms), max(entered, changed)
                begin[at] = min(told, begin.get(at, told))
                continue
            self._assigned.setdefault(who, []).append(Assigned(code, since, entered))
            if known is not None:
                shift = self._shifts.setdefault(code, {})
                if (known, changed) not in shift:
                    shift[known, changed] = Shift(code, post, start_ms, end_ms)

    def _ask(
        self, people: Collection[str] | None, sites: Collection[str], around: Around
    ) -> Iterator[_Row]:
        """Ask for both at once, where both are few."""
        if people is None:
            yield from bulk.fetch(self._connection, _ASSIGNED.format(where=""))
        of_people = list(in_parts(people or ()))
        of_sites = list(in_parts(sites))
        span = _span_ms(around)
        if len(of_people) == len(of_sites) == 1:
            query = f"{_of(_ASSIGNED, of_people[0])} UNION ALL {_of(_BEGIN, of_sites[0])}"
            asked = (*of_people[0], *of_sites[0], *span)
            yield from bulk.fetch(self._connection, query, asked)
            return
        for some in of_people:
            yield from bulk.fetch(self._connection, _of(_ASSIGNED, some), tuple(some))
        for some in of_sites:
            yield from bulk.fetch(self._connection, _of(_BEGIN, some), (*some, *span))


def _span_ms(around: Around) -> tuple[int, int]:
    """Give a span of time that has all of these days, and the one before, in whatever zone."""
    return (around.first - 2) * DAY_MS, (around.last + 2) * DAY_MS


def _of(query: str, some: Collection[str]) -> str:
    marks = ", ".join("?" * len(some))
    return query.format(where=f"WHERE a.volunteer IN ({marks})", sites=marks)


_ASSIGNED = (
    "SELECT a.volunteer, '', a.valid_from, a.entered, a.shift, s.valid_from, s.entered, s.post, s.start_ms, s.end_ms "
    "FROM assignment a LEFT JOIN shift s ON s.code = a.shift {where}"
)
_BEGIN = (
    "SELECT '', p.site, p.valid_from, p.entered, s.code, s.valid_from, s.entered, s.post, s.start_ms, s.end_ms "
    "FROM post p JOIN shift s ON s.post = p.code WHERE p.site IN ({sites}) AND s.start_ms BETWEEN ? AND ?"
)
