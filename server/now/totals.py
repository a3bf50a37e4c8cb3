"""What sites together come to just now: people against what is needed, and how many sites stand how."""

from collections.abc import Collection
from dataclasses import dataclass

from server.now.sites import SiteNow


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of some sites. people, needed, missing: people. short, over, manned, blind, all: sites."""

    people: int
    needed: int
    missing: int
    short: int
    over: int
    manned: int
    blind: int
    all: int


def add_up(sites: Collection[SiteNow]) -> Totals:
    """Add sites up."""
    return Totals(
        people=sum(site.people for site in sites),
        needed=sum(site.needed for site in sites),
        missing=sum(site.short for site in sites),
        short=sum(site.short > 0 for site in sites),
        over=sum(site.over > 0 for site in sites),
        manned=sum(site.people > 0 for site in sites),
        blind=sum(site.is_blind for site in sites),
        all=len(sites),
    )
