"""Hours site by site: those with most, and what the others come to together."""

from dataclasses import dataclass
from heapq import nsmallest

from sqlalchemy import Connection

from server.limits import SERIES_SITES_MAX
from server.reports.prepare import Prepared
from server.reports.query import By
from server.reports.report import rows_of


@dataclass(frozen=True, slots=True)
class SitePoint:
    """A site. credited, held: minutes; records: 人次."""

    site: str
    name: str
    records: int
    credited: int
    held: int


@dataclass(frozen=True, slots=True)
class BySite:
    """The sites with most credited minutes, largest first, at most `SERIES_SITES_MAX`. others: how many more there are.

    others_…: what those come to, so that all of it adds up to the report's total.
    """

    sites: list[SitePoint]
    others: int
    others_records: int
    others_credited: int
    others_held: int


def by_site(connection: Connection, ready: Prepared) -> BySite:
    """Give the largest sites, and the rest as one."""
    rows = list(rows_of(connection, ready.by(By.SITE)))  # a few thousand sites
    largest = nsmallest(SERIES_SITES_MAX, rows, key=lambda row: (-row.now.credited, row.key))
    sites = [
        SitePoint(str(row.key), row.name, row.now.records, row.now.credited, row.now.held)
        for row in largest
    ]
    return BySite(
        sites,
        len(rows) - len(sites),
        sum(row.now.records for row in rows) - sum(site.records for site in sites),
        sum(row.now.credited for row in rows) - sum(site.credited for site in sites),
        sum(row.now.held for row in rows) - sum(site.held for site in sites),
    )
