"""Rows about a site's people are looked at site by site, a bounded number of sites whenever somebody follows the feed.

A change of the plan, or of who is who, may concern every site. Whoever says hello next must not wait for hundreds of them: what
is left is touched again, each site by itself, for whoever follows next; a job goes on until nothing is left.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, select

from server import bulk
from server.intake.touch import EVERYTHING
from server.limits import FEED_SITES_AT_A_TIME
from server.models.feed import FeedTouch
from server.models.lead_key import LeadKey
from server.models.log import Enrolment
from server.models.post import Post
from sync import view_rows


def named_sites(connection: Connection) -> list[str]:
    """Give the sites where names are, were, or may be told: those where a log with a key was ever enrolled."""
    asked = select(Enrolment.site).join(LeadKey, LeadKey.log == Enrolment.log).distinct()
    return list(connection.scalars(asked))


def needing_sites(connection: Connection) -> list[str]:
    """Give the sites of posts that ever needed something."""
    return list(connection.scalars(select(Post.site).where(Post.needs != "").distinct()))


_SITES: Mapping[str, Callable[[Connection], list[str]]] = {
    view_rows.NAME_KEY: named_sites,
    view_rows.PERSON: named_sites,
    view_rows.FIT: needing_sites,
}
"""By kind of rows whose touches name a site ("": any): which sites any may be."""


def take_sites(connection: Connection, wanted: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Give the sites to look at now, by kind, and touch the others again, in the caller's transaction.

    All kinds of a site are looked at together: names must be under the secret that the same look seals.
    """
    kinds = {kind: _named(connection, kind, wanted) for kind in _SITES}
    every = sorted(set().union(*kinds.values()))
    now = set(every[:FEED_SITES_AT_A_TIME])
    rest = [(kind, site) for kind, sites in kinds.items() for site in sorted(sites - now)]
    bulk.insert(connection, FeedTouch, rest)
    return {kind: sites & now for kind, sites in kinds.items()}


def _named(connection: Connection, kind: str, wanted: Mapping[str, set[str]]) -> set[str]:
    """Give the sites of which rows of this kind were touched, each by name."""
    keys = wanted.get(kind, set()) | wanted.get(EVERYTHING, set())
    everywhere = _SITES[kind](connection) if "" in keys else []
    return keys - {""} | set(everywhere)
