"""One site: who was on duty there at a moment, how its posts were covered over that date, and its kiosks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from server.access.part import Part
from server.fleet.kiosks import IN_USE, Kiosk, KioskState, read_kiosks
from server.limits import PEOPLE_SHOWN_MAX
from server.now.coverage import PostDay, read_coverage
from server.now.ground import PostHere, SiteHere, Wanted, read_posts, read_sites
from server.now.on_duty import OnDuty, read_on_duty
from server.people.mask import masked
from server.people.roster import names

_SHOWN = IN_USE | {KioskState.PENDING}


@dataclass(frozen=True, slots=True)
class OneSite:
    """A site on a date. people: at most `PEOPLE_SHOWN_MAX`; is_more: there are more. names: masked, by number.

    days: its posts, and post "" where the kiosk did not say which, if anything was there.
    """

    site: SiteHere
    people: Sequence[OnDuty]
    is_more: bool
    names: dict[str, str]
    days: Sequence[PostDay]
    kiosks: Sequence[Kiosk]


def read_site(
    connection: Connection, part: Part, code: str, *, day: int, at_ms: int, now_ms: int
) -> OneSite | None:
    """Look at a site within a part, on a local date and at a moment; None for one that is not there, or lies elsewhere."""
    wanted = Wanted(sites=[code])
    found = read_sites(connection, part, day, wanted)
    if not found:
        return None
    people = read_on_duty(connection, part, code, at_ms, limit=PEOPLE_SHOWN_MAX + 1)
    known = names(connection, {one.who for one in people})
    posts = [*read_posts(connection, part, day, wanted), PostHere("", code, "", None)]
    days = read_coverage(connection, part, posts, day, now_ms)
    return OneSite(
        site=found[0],
        people=people[:PEOPLE_SHOWN_MAX],
        is_more=len(people) > PEOPLE_SHOWN_MAX,
        names={who: masked(name) for who, name in known.items()},
        days=[one for one in days if one.post.code or one.shifts or _is_anybody(one)],
        kiosks=_kiosks(connection, code, now_ms),
    )


def _kiosks(connection: Connection, code: str, now_ms: int) -> list[Kiosk]:
    """Give the kiosks of a site that is known to lie within the part of whoever asks."""
    every = read_kiosks(connection, Part(sites=frozenset({code})), now_ms)
    return [kiosk for kiosk in every if kiosk.state in _SHOWN]


def _is_anybody(day: PostDay) -> bool:
    return any(piece.people for piece in day.pieces)
