"""How every site of a part stands just now: people against what is needed, and how old the picture is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import local_day
from server.fleet.kiosks import IN_USE, Kiosk, KioskState, read_kiosks
from server.now.duty import NOBODY, Duty, read_duty
from server.now.ground import SiteHere, Wanted, read_sites

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
    """Give the sites of a part that are wanted, by code. Four questions, however many there are."""
    duties = read_duty(connection, part, now_ms)
    kiosks: dict[str, list[Kiosk]] = {}
    for kiosk in read_kiosks(connection, part, now_ms):
        if kiosk.state in IN_USE:
            kiosks.setdefault(kiosk.site, []).append(kiosk)
    return [
        _site(site, duties.get(site.code, NOBODY), kiosks.get(site.code, ()))
        for site in read_sites(connection, part, local_day(now_ms), wanted)
    ]


def _site(site: SiteHere, duty: Duty, kiosks: Sequence[Kiosk]) -> SiteNow:
    reaches = [kiosk.as_of_ms or 0 for kiosk in kiosks]
    return SiteNow(
        site=site,
        people=duty.people,
        needed=duty.needed,
        # Somebody whose kiosk did not say at which post may stand where one is missing.
        short=max(duty.missing - duty.unplaced, 0),
        over=duty.over,
        capacity=duty.capacity,
        kiosks=len(kiosks),
        contact_ms=max((kiosk.contact_ms for kiosk in kiosks), default=0),
        as_of_ms=max(min(reaches, default=0), 0),
        is_silent=any(kiosk.state is not KioskState.CURRENT for kiosk in kiosks),
    )
