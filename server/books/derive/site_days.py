"""Which kiosks a site-day waits for, and whether it is complete (RULES, "Completeness")."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, text

from server.books.dates import day_end_ms
from server.books.derive.superseded import read_ends, waiting
from server.kept import once

ALWAYS = 2**63 - 1
"""The reach of a log that ended: behind all times."""

_EVER = -(2**63)
_unpack_days = msgspec.msgpack.Decoder(list[tuple[int, int]]).decode


class Reach(NamedTuple):
    """A log at a site from `from_ms` to `to_ms` (0: open).

    until_ms: before it everything is in (None: unknown). gaps: dates that gaps leave open, as (first, last). pending: it
    succeeds a log of the site, and nobody confirmed it.
    """

    from_ms: int
    to_ms: int
    until_ms: int | None
    gaps: Sequence[tuple[int, int]]
    log: str
    pending: bool = False

    def is_there(self, day: int) -> bool:
        """Tell whether it belonged to the site on a date."""
        return self.from_ms < day_end_ms(day) and (
            not self.to_ms or self.to_ms > day_end_ms(day - 1)
        )

    def is_in(self, day: int) -> bool:
        """Tell whether everything of a date is in."""
        return (
            self.until_ms is not None
            and self.until_ms >= day_end_ms(day)
            and not any(first <= day <= last for first, last in self.gaps)
        )


class SiteDay(NamedTuple):
    """How far a local date of a site has come. frontier_ms: the smallest of those there (None: one is unknown, or there is none).

    out: the logs that are waited for, in order.
    """

    complete: bool
    frontier_ms: int | None
    out: tuple[Reach, ...]


def site_day(reaches: Sequence[Reach], day: int) -> SiteDay:
    """Tell how far a date of a site has come. Where no log was there, nobody can say that everything is in."""
    here = [reach for reach in reaches if reach.is_there(day)]
    out = tuple(sorted((r for r in here if not r.is_in(day)), key=lambda r: (r.log, r.from_ms)))
    known = [r.until_ms for r in here if r.until_ms is not None and r.until_ms != ALWAYS]
    is_unknown = any(reach.until_ms is None for reach in here)
    frontier_ms = None if is_unknown else min(known, default=None)
    return SiteDay(bool(here) and not out, frontier_ms, out)


def open_days(reaches: Collection[Reach], first: int, last: int) -> dict[int, list[Reach]]:
    """Give the dates from first to last, in order, on which something is out, each with what is waited for."""
    found: dict[int, list[Reach]] = {}
    for day in range(first, last + 1):
        if late := [reach for reach in reaches if reach.is_there(day) and not reach.is_in(day)]:
            found[day] = late
    return found


Reaches = Mapping[str, Sequence[Reach]]
"""What was ever at each site."""


def read_reaches(connection: Connection, sites: Collection[str] | None = None) -> Reaches:
    """Read how far each log at each site (or only at these) has come."""
    found: dict[str, list[Reach]] = {}
    ends = once(connection, read_ends)
    for log, site, from_ms, to_ms, frontier, gaps, has_earlier in _kiosks(connection, sites):
        open_days = _unpack_days(bytes(gaps)) if gaps else []
        since = _EVER if has_earlier else from_ms
        reach = ALWAYS if log in ends.done else frontier
        found.setdefault(site, []).append(Reach(since, to_ms, reach, open_days, log))
    for site, from_ms, to_ms, log in waiting(connection, ends):
        if sites is not None and site not in sites:
            continue
        found.setdefault(site, []).append(Reach(from_ms, to_ms, None, (), log, pending=True))
    return found


def _kiosks(connection: Connection, sites: Collection[str] | None) -> Iterable[Any]:
    if sites is None:
        return connection.execute(text(_KIOSKS))
    if not sites:
        return ()  # PostgreSQL cannot tell of which type nothing is
    at = text(f"{_KIOSKS} WHERE e.site IN :sites").bindparams(bindparam("sites", expanding=True))
    return connection.execute(at, {"sites": list(sites)})


_KIOSKS = (  # what a log holds from before its first enrolment belongs to that enrolment's site
    "SELECT e.log, e.site, e.from_ms, e.to_ms, s.frontier_ms, s.gaps,"
    " EXISTS (SELECT 1 FROM log_range r WHERE r.log = l.id) AND NOT EXISTS"
    " (SELECT 1 FROM enrolment b WHERE b.log = e.log AND b.from_ms < e.from_ms) "
    "FROM enrolment e "
    "LEFT JOIN log l ON l.name = e.log LEFT JOIN derived.log_state s ON s.log = l.id"
)
