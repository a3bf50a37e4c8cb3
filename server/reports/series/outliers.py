"""People whose credited time at a site is far above what is usual there: somebody to look at, and no judgement."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from server.limits import OUTLIER_PEOPLE_MIN, OUTLIERS_LISTED_MAX
from server.reports.lines import RECORD, in_code_points, narrowed
from server.reports.prepare import Prepared
from server.reports.query import By, Query

TIMES_E2 = 300
"""From how many hundredths of the median on somebody is far above it."""
_STREAM_ROWS = 2_000


class _Served(NamedTuple):
    site: str
    who: str
    minutes: int
    records: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """Somebody at a site. minutes: credited, of records that began within the span; times_e2: hundredths of the site's median.

    people: how many the median is of.
    """

    site: str
    volunteer: str
    minutes: int
    records: int
    median: int
    times_e2: int
    people: int


def outliers(connection: Connection, ready: Prepared, *, times_e2: int = TIMES_E2) -> list[Outlier]:
    """Give those farthest above the median of their site, at most `OUTLIERS_LISTED_MAX`; small sites have none."""
    found = (
        one
        for site, served in groupby(_served(connection, ready.query), key=lambda each: each.site)
        for one in _of_site(site, served, times_e2)
    )
    return nsmallest(
        OUTLIERS_LISTED_MAX, found, key=lambda one: (-one.times_e2, one.site, one.volunteer)
    )


def median_of(counts: Counter[int]) -> int:
    """Give the lower median of values that were counted."""
    middle = (counts.total() + 1) // 2
    for value in sorted(counts):
        middle -= counts[value]
        if middle <= 0:
            return value
    return 0


def _of_site(site: str, served: Iterable[_Served], times_e2: int) -> Iterator[Outlier]:
    """Look at the people of one site, one after another: only how often each length occurs is kept, and who has most."""
    counts: Counter[int] = Counter()

    def counted() -> Iterator[_Served]:
        for one in served:
            counts[one.minutes] += 1
            yield one

    most = nlargest(OUTLIERS_LISTED_MAX, counted(), key=lambda one: one.minutes)
    median, people = median_of(counts), counts.total()
    if people < OUTLIER_PEOPLE_MIN or median <= 0:
        return
    for one in most:
        times = one.minutes * 100 // median
        if times >= times_e2:
            yield Outlier(site, one.who, one.minutes, one.records, median, times, people)


def _served(connection: Connection, query: Query) -> Iterator[_Served]:
    r = RECORD.c
    asked = select(r.site, r.who, func.sum(r.credited), func.count())
    asked = asked.where(r.day.between(query.span.first, query.span.last), r.site != "")
    asked = asked.where(*narrowed(query, RECORD, query.span)).group_by(r.site, r.who)
    asked = asked.order_by(in_code_points(connection, r.site, By.SITE))
    streamed = asked.execution_options(yield_per=_STREAM_ROWS)
    for site, who, minutes, records in connection.execute(streamed):
        if minutes:
            yield _Served(site, who, int(minutes), records)
