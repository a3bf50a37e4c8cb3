"""Sites and posts of a part of the tree, as they are on a local date: what people and kiosks of a moment are laid upon."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select, true

from server.access.part import Part
from server.access.tree import tree
from server.models.post import Post
from server.models.site import Site


class SiteHere(NamedTuple):
    """A site. place: latitude and longitude in millionths of a degree (None: unknown)."""

    code: str
    name: str
    kind: str
    region: str
    place: tuple[int, int] | None


class PostHere(NamedTuple):
    """A post. capacity: people at once (None: nobody said)."""

    code: str
    site: str
    name: str
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    region: with all below it ("": any). words: part of a code or a name. sites: these alone (None: any).
    """

    region: str = ""
    words: str = ""
    sites: Collection[str] | None = None


def read_sites(connection: Connection, part: Part, day: int, wanted: Wanted) -> list[SiteHere]:
    """Give the sites of a part on a date that are wanted, by code."""
    rows = connection.execute(
        select(*(Site.code, Site.name, Site.kind, Site.region, Site.latitude_e6, Site.longitude_e6))
        .where(Site.valid_from <= day, part.sites_within(Site.code), _these(wanted))
        .order_by(Site.code, Site.valid_from, Site.entered)
    )
    newest = {row.code: row for row in rows}
    is_wanted = looked_for(connection, wanted)
    return [site for row in newest.values() if is_wanted(site := _site(*row))]


def looked_for(connection: Connection, wanted: Wanted) -> Callable[[SiteHere], bool]:
    """Give what tells whether a site is wanted by its region and the words of its code or name."""
    regions = tree(connection).below([wanted.region]) if wanted.region else None
    words = wanted.words.casefold()
    return lambda site: (
        (regions is None or site.region in regions)
        and (not words or words in site.code.casefold() or words in site.name.casefold())
    )


def _site(
    code: str, name: str, kind: str, region: str, lat: int | None, lon: int | None
) -> SiteHere:
    return SiteHere(code, name, kind, region, None if lat is None or lon is None else (lat, lon))


def read_posts(connection: Connection, part: Part, day: int, wanted: Wanted) -> list[PostHere]:
    """Give the posts of a part on a date, by site and code; of what is wanted, only the sites that are named count."""
    sites = true() if wanted.sites is None else Post.site.in_(sorted(wanted.sites))
    rows = connection.execute(
        select(Post.code, Post.site, Post.name, Post.capacity)
        .where(Post.valid_from <= day, part.sites_within(Post.site), sites)
        .order_by(Post.valid_from, Post.entered)
    )
    newest = {code: PostHere(code, site, name, capacity) for code, site, name, capacity in rows}
    return sorted(newest.values(), key=lambda post: (post.site, post.code))


def _these(wanted: Wanted) -> ColumnElement[bool]:
    return true() if wanted.sites is None else Site.code.in_(sorted(wanted.sites))
