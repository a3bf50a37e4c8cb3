"""How every site of a part stands just now: people against what is needed, and how old the picture is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import local_day
from server.fleet.kiosks import IN_USE, Kiosk, KioskState, read_kiosks
from server.now.ground import PostHere, SiteHere, Wanted, read_posts, read_sites
from server.now.on_duty import At, count_on_duty
from server.now.shifts import needed_now

PICTURE_OLD_MS = 30 * 60_000
"""A picture older than this is marked: people may have come and gone since."""


class Ask(StrEnum):
    """Which sites are looked for."""

    ALL = ""
    SHORT = "short"
    OVER = "over"
    MANNED = "manned"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class SiteNow:
    """A site just now.

    people: on duty. needed: by the shifts that go on (0: none does). short: people who are missing, post by post. over: people
    beyond what a post holds. capacity: of all posts (None: nobody said). kiosks: in use. contact_ms: the newest hello of one of
    them; as_of_ms: before it everything of all of them is in (0: never). is_silent: one of them is missed, or never spoke.
    """

    site: SiteHere
    people: int
    needed: int
    short: int
    over: int
    capacity: int | None
    kiosks: int
    contact_ms: int
    as_of_ms: int
    is_silent: bool

    @property
    def is_blind(self) -> bool:
        """Tell whether what happens there may go unseen."""
        return self.is_silent or not self.kiosks

    def fits(self, ask: Ask) -> bool:
        """Tell whether the site is one of those asked for."""
        fitting = {
            Ask.SHORT: self.short > 0,
            Ask.OVER: self.over > 0,
            Ask.MANNED: self.people > 0,
            Ask.BLIND: self.is_blind,
        }
        return fitting.get(ask, True)


def read_now(connection: Connection, part: Part, now_ms: int, wanted: Wanted) -> list[SiteNow]:
    """Give the sites of a part that are wanted, by code. Five questions, however many there are."""
    day = local_day(now_ms)
    sites = read_sites(connection, part, day, wanted)
    posts = _by_site(read_posts(connection, part, day, Wanted(sites=wanted.sites)))
    there = _people(count_on_duty(connection, part, now_ms))
    needed = needed_now(connection, part, now_ms)
    kiosks: dict[str, list[Kiosk]] = {}
    for kiosk in read_kiosks(connection, part, now_ms):
        if kiosk.state in IN_USE:
            kiosks.setdefault(kiosk.site, []).append(kiosk)
    return [
        _site(
            site,
            posts.get(site.code, ()),
            there.get(site.code, {}),
            needed,
            kiosks.get(site.code, ()),
        )
        for site in sites
    ]


def _by_site(posts: Iterable[PostHere]) -> Mapping[str, list[PostHere]]:
    found: dict[str, list[PostHere]] = {}
    for post in posts:
        found.setdefault(post.site, []).append(post)
    return found


def _people(counted: Mapping[At, int]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (site, post), people in counted.items():
        found.setdefault(site, {})[post] = people
    return found


def _site(
    site: SiteHere,
    posts: Iterable[PostHere],
    there: Mapping[str, int],
    needed: Mapping[str, int],
    kiosks: Iterable[Kiosk],
) -> SiteNow:
    posts, kiosks = list(posts), list(kiosks)
    own = {post.code for post in posts}
    unplaced = sum(people for post, people in there.items() if post not in own)
    missing = sum(max(needed.get(post.code, 0) - there.get(post.code, 0), 0) for post in posts)
    capacities = [post.capacity for post in posts if post.capacity is not None]
    reaches = [kiosk.as_of_ms or 0 for kiosk in kiosks]
    return SiteNow(
        site=site,
        people=sum(there.values()),
        needed=sum(needed.get(post.code, 0) for post in posts),
        # Somebody whose kiosk did not say at which post may stand where one is missing.
        short=max(missing - unplaced, 0),
        over=sum(_over(post, there, needed) for post in posts),
        capacity=sum(capacities) if capacities else None,
        kiosks=len(kiosks),
        contact_ms=max((kiosk.contact_ms for kiosk in kiosks), default=0),
        as_of_ms=max(min(reaches, default=0), 0),
        is_silent=any(kiosk.state is not KioskState.CURRENT for kiosk in kiosks),
    )


def _over(post: PostHere, there: Mapping[str, int], needed: Mapping[str, int]) -> int:
    if post.capacity is None:
        return 0
    return max(there.get(post.code, 0) - max(post.capacity, needed.get(post.code, 0)), 0)
