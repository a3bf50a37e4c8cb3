"""Which kiosks a report waits for: those, too, from which nothing has come yet, because nobody knows what they hold.

A row can only say how complete the site-days of its own records are; the total says it of every site that it is about.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.books.dates import iso_time, local_day
from server.books.derive.site_days import Reach, Reaches
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.closed_months import Closed
from server.books.periods.months import first_day, month_of, next_month
from server.models.post import Post
from server.people.places import Places
from server.reports.figures import Figures, State
from server.reports.prepare import Prepared
from server.reports.query import Query


class Waiting(NamedTuple):
    """Kiosks' logs that are waited for, in order. until_ms: before it all of them are in (None: one never said)."""

    logs: tuple[str, ...]
    until_ms: int | None

    def applied_to(self, total: Figures) -> Figures:
        """Give a total as it can be relied on: as long as a kiosk is out, it is provisional, and as of the earlier time."""
        if not self.logs:
            return total
        as_of = None if self.until_ms is None else iso_time(self.until_ms)
        if as_of is not None and total.records:
            as_of = None if total.as_of is None else min(as_of, total.as_of)
        return total._replace(state=State.PROVISIONAL, as_of=as_of)


def waiting(connection: Connection, ready: Prepared, span: Span) -> Waiting:
    """Give whom a period of a query waits for, but for months that are closed: they wait for nobody."""
    days = [day for _, day in ready.days]
    if (told := ready.told) is not None and told.first <= told.last:
        days += (told.first, told.last)
    ends = _ends(span, days)
    found = [
        reach
        for site in _sites(connection, ready.query, ready.reaches, ends.last)
        for reach in ready.reaches[site]
        if any(_is_open(ready.closed, site, out) for out in _out(reach, ends))
    ]
    known = [reach.until_ms for reach in found if reach.until_ms is not None]
    until_ms = min(known, default=None) if len(known) == len(found) else None
    return Waiting(tuple(sorted({reach.log for reach in found})), until_ms)


def _ends(span: Span, days: Collection[int]) -> Span:
    """Give the span with its open ends at the first and last date that has a record; without any it is empty."""
    first = span.first if span.first != FIRST_DAY else min(days, default=0)
    last = span.last if span.last != LAST_DAY else max(days, default=-1)
    return Span(first, last)


def _sites(connection: Connection, query: Query, reaches: Reaches, day: int) -> Iterator[str]:
    """Give the sites that a query is about, as far as they are within its part."""
    only, places = query.only, Places(connection)
    if only.regions:
        places.read_all()
    posts = select(Post.site).where(Post.code.in_(only.posts))
    of_posts = set(connection.scalars(posts)) if only.posts else set()
    for site in sorted(reaches):
        if (
            query.part.has_site(site)
            and (not only.sites or site in only.sites)
            and (not only.posts or site in of_posts)
            and (not only.regions or places.region(site, day) in only.regions)
        ):
            yield site


def _out(reach: Reach, span: Span) -> Iterator[Span]:
    """Give the stretches of a span in which a log belonged to the site and not everything is in."""
    first = max(span.first, local_day(reach.from_ms))
    last = min(span.last, local_day(reach.to_ms - 1)) if reach.to_ms else span.last
    behind = first if reach.until_ms is None else local_day(reach.until_ms)
    for start, end in ((behind, last), *reach.gaps):
        if max(start, first) <= min(end, last):
            yield Span(max(start, first), min(end, last))


def _is_open(closed: Closed, site: str, span: Span) -> bool:
    """Tell whether any month of a stretch is not closed at the site."""
    month = month_of(span.first)
    while first_day(month) <= span.last:
        if not closed.has(site, max(span.first, first_day(month))):
            return True
        month = next_month(month)
    return False
