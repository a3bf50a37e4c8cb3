"""Who is to come where: shifts of a day, or some by code, with their posts, sites and people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.dates import iso_date, local_day
from server.limits import SHEET_PEOPLE_MAX
from server.models.assignment import Assignment
from server.models.post import Post
from server.models.shift import Shift
from server.models.site import Site
from server.people.places import Places
from server.people.roster import in_parts
from server.people.titles import titles
from server.people.versions import Version, last_in_force
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some shifts by code, or those that start on a day: at a site, in a region with all below it, or anywhere (neither)."""

    day: int
    shifts: tuple[str, ...] = ()
    site: str = ""
    region: str = ""

    @property
    def about(self) -> str:
        """Say what is meant, in a line."""
        where = " ".join(self.shifts) or self.site or self.region or "*"
        return where if self.shifts else f"{where} {iso_date(self.day)}"


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift and who is assigned to it, by number, in order. start_ms, end_ms: Unix milliseconds. needed: people."""

    shift: str
    site: str
    site_name: str
    post: str
    post_name: str
    start_ms: int
    end_ms: int
    needed: int | None
    people: tuple[str, ...]


def read_sites(connection: Connection, wanted: Wanted, part: Part) -> list[str]:
    """Give the sites that are meant, within the part. Raise `Refused(not_found)` if there is none."""
    asked = select(Site.code).where(part.sites_within(Site.code)).distinct().order_by(Site.code)
    if wanted.site:
        asked = asked.where(Site.code == wanted.site)
    sites = list(connection.scalars(asked))
    if wanted.region:
        places = Places(connection)
        sites = [site for site in sites if wanted.region in places.regions(site, wanted.day)]
    if not sites:
        what = wanted.site or wanted.region or "*"
        raise Refused(Code.NOT_FOUND, f"没有站点 / no such site or region: {what}")
    return sites


def read_posts(connection: Connection, sites: Iterable[str], day: int) -> dict[str, Row[Any]]:
    """Give the posts of some sites as of a day, by code."""
    wanted = set(sites)
    held: dict[str, Row[Any]] = {}
    for some in in_parts(sorted(wanted)):
        codes = select(Post.code).where(Post.site.in_(some))
        asked = select(
            Post.code, Post.valid_from, Post.site, Post.name, Post.role, Post.capacity, Post.needs
        ).where(Post.code.in_(codes))
        found = _in_force(connection, asked.order_by(Post.code, Post.valid_from, Post.entered), day)
        held.update({code: post for code, post in found.items() if post.site in wanted})
    return dict(sorted(held.items()))


def read_duties(connection: Connection, wanted: Wanted, part: Part) -> list[Duty]:
    """Give the shifts, by site, start and code. Raise `Refused`: `not_found` if there are none, `too_large`."""
    posts = read_posts(connection, read_sites(connection, wanted, part), wanted.day)
    shifts = [
        shift
        for shift in _shifts(connection, posts, wanted)
        if shift.code in wanted.shifts
        or (not wanted.shifts and local_day(shift.start_ms) == wanted.day)
    ]
    missing = set(wanted.shifts) - {shift.code for shift in shifts}
    if missing or not shifts:
        words = f"没有班次 / no such shift: {', '.join(sorted(missing)) or '*'}"
        raise Refused(Code.NOT_FOUND, words)
    people = _people(connection, [shift.code for shift in shifts])
    names = titles(connection, "site")
    duties = [_duty(shift, posts[shift.post], names, people) for shift in shifts]
    return sorted(duties, key=lambda duty: (duty.site, duty.start_ms, duty.shift))


def _duty(
    shift: Row[Any], post: Row[Any], names: Mapping[str, str], people: Mapping[str, set[str]]
) -> Duty:
    return Duty(
        shift=shift.code,
        site=post.site,
        site_name=names.get(post.site, ""),
        post=post.code,
        post_name=post.name,
        start_ms=shift.start_ms,
        end_ms=shift.end_ms,
        needed=shift.needed,
        people=tuple(sorted(people.get(shift.code, ()))),
    )


def _shifts(connection: Connection, posts: Iterable[str], wanted: Wanted) -> list[Row[Any]]:
    """Give the shifts of these posts as they are planned last."""
    found: list[Row[Any]] = []
    wanted_posts = set(posts)
    for some in in_parts(sorted(wanted_posts)):
        codes = select(Shift.code).where(Shift.post.in_(some))
        asked = select(
            Shift.code, Shift.valid_from, Shift.post, Shift.start_ms, Shift.end_ms, Shift.needed
        ).where(Shift.code.in_(wanted.shifts or codes), Shift.code.in_(codes))
        newest = _in_force(
            connection, asked.order_by(Shift.code, Shift.valid_from, Shift.entered), _EVER
        )
        found += [shift for shift in newest.values() if shift.post in some]
    return found


def _people(connection: Connection, shifts: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    count = 0
    for some in in_parts(shifts):
        asked = select(Assignment.shift, Assignment.volunteer).distinct()
        for shift, who in connection.execute(asked.where(Assignment.shift.in_(some))):
            found.setdefault(shift, set()).add(who)
            count += 1
    if count > SHEET_PEOPLE_MAX:
        words = f"超过 {SHEET_PEOPLE_MAX} 人次，请按站点或区划 / too many: by site or region"
        raise Refused(Code.TOO_LARGE, words)
    return found


_EVER = 2**31 - 1


def _in_force(
    connection: Connection, asked: Select[*tuple[Any, ...]], day: int
) -> dict[str, Row[Any]]:
    """Give of each code the version that holds on a day."""
    found = {}
    for code, some in groupby(connection.execute(asked), key=lambda row: row.code):
        held = last_in_force([Version(row.valid_from, row) for row in some], day)
        if held is not None:
            found[str(code)] = held
    return found
