"""Coverage: how posts were covered over a date, from real scans, beside what their shifts expect."""

from dataclasses import dataclass
from typing import Any

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import LocalDate, PageAsked, number, words
from server.api.shapes import page_shape
from server.books.dates import iso_time, local_day
from server.limits import SEARCH_CHARS_MAX
from server.now.coverage import Piece, PostDay, read_coverage
from server.now.ground import Wanted, read_posts, read_sites
from server.now.shifts import Expected

calls = Calls("coverage", __name__, "How posts were covered over a date: gaps and overlaps.")


@dataclass(frozen=True, slots=True)
class CoveragePiece:
    """A stretch over which nothing changes. kind: `free`, `gap`, `covered`, `overlap`, `beyond` (nobody needed), or `ahead`."""

    since: str
    until: str
    people: int
    needed: int
    kind: str


@dataclass(frozen=True, slots=True)
class ShiftExpected:
    """People expected by a shift."""

    since: str
    until: str
    needed: int


@dataclass(frozen=True, slots=True)
class PostDayTold:
    """A post over a date, in pieces without holes. unended: stays of that date without an end, of people who have gone."""

    post: str
    site: str
    name: str
    capacity: int | None
    pieces: list[CoveragePiece]
    shifts: list[ShiftExpected]
    unended: int


class CoverageAsked(PageAsked):
    """Which date (today, if none is named), of which sites: of a region with all below it, by code or name."""

    day = LocalDate(load_default=None)
    region = number(load_default=str)
    q = words(SEARCH_CHARS_MAX, load_default=str)


@calls.reads("/coverage", needs=Right.SEE, asks=CoverageAsked, gives=page_shape(PostDayTold))
def browse(asked: dict[str, Any]) -> Page[PostDayTold]:
    """How each post of your part was covered over a date, by site and post. A date ahead counts as today."""
    behind, limit, now = after(asked), asked["limit"], here.now_ms()
    today = local_day(now)
    day = today if asked["day"] is None else min(asked["day"], today)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        sought = Wanted(asked["region"], asked["q"])
        sites = {site.code for site in read_sites(connection, part, day, sought)}
        posts = [post for post in read_posts(connection, part, day, Wanted()) if post.site in sites]
        rest = [p for p in posts if behind is None or (p.site, p.code) > tuple(behind)]
        some = page(rest[: limit + 1], limit, lambda post: (post.site, post.code))
        days = read_coverage(connection, part, some.items, day, now)
    return Page([post_day(one) for one in days], some.next)


def post_day(one: PostDay) -> PostDayTold:
    """Tell how a post was covered over a date."""
    post = one.post
    pieces = [_piece(each) for each in one.pieces]
    shifts = [_shift(each) for each in one.shifts]
    return PostDayTold(post.code, post.site, post.name, post.capacity, pieces, shifts, one.open)


def _piece(one: Piece) -> CoveragePiece:
    return CoveragePiece(
        iso_time(one.start_ms), iso_time(one.end_ms), one.people, one.needed, one.kind
    )


def _shift(one: Expected) -> ShiftExpected:
    return ShiftExpected(iso_time(one.start_ms), iso_time(one.end_ms), one.needed)
