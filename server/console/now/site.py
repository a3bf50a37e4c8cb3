"""One site: who is on duty there, against what each post needs, how its posts were covered, and its kiosks. Names are masked."""

from flask import render_template
from sqlalchemy import Connection

from server.access.part import Part
from server.access.roles import Right
from server.books.dates import iso_time, local_day
from server.console import here
from server.console.now import bars
from server.console.now.asked import read_day, read_time
from server.console.now.doors import pages
from server.fleet.kiosks import IN_USE, Kiosk, KioskState, read_kiosks
from server.limits import PEOPLE_SHOWN_MAX
from server.now.coverage import Kind, read_coverage
from server.now.ground import PostHere, Wanted, read_posts, read_sites
from server.now.on_duty import OnDuty, read_on_duty
from server.people.mask import masked
from server.people.roster import names
from server.reconcile.policy import DEFAULTS


@pages.page("/now/sites/<code>", needs=Right.SEE)
def site(code: str) -> str:
    """Show a site on a date, and who was there at a moment of it: now, if none is named."""
    now = here.now_ms()
    day = read_day(local_day(now))
    at = min(read_time(day) or now, now)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_sites(connection, part, day, Wanted(sites=[code]))
        here.or_404(found)
        posts = read_posts(connection, part, day, Wanted(sites=[code]))
        people = read_on_duty(connection, part, code, at, limit=PEOPLE_SHOWN_MAX + 1)
        known = names(connection, {one.who for one in people})
        kiosks = _kiosks(connection, code, now)
        days = read_coverage(connection, part, [*posts, PostHere("", code, "", None)], day, now)
    days = [one for one in days if one.post.code or one.shifts or _is_anybody(one.pieces)]
    return render_template(
        "now/site.html",
        site=found[0],
        day=day,
        today=local_day(now),
        at=at,
        now=now,
        days=days,
        kiosks=kiosks,
        Kind=Kind,
        State=KioskState,
        bars=bars,
        people=_by_post(people[:PEOPLE_SHOWN_MAX]),
        is_more=len(people) > PEOPLE_SHOWN_MAX,
        names={who: masked(name) for who, name in known.items()},
        asked_time=iso_time(at)[11:16],
        is_now=at == now,
        long_ms=DEFAULTS.long_ms,
    )


def _kiosks(connection: Connection, code: str, now_ms: int) -> list[Kiosk]:
    """Give the kiosks of a site that is known to lie within the part of whoever asks."""
    wanted = IN_USE | {KioskState.PENDING}
    every = read_kiosks(connection, Part(sites=frozenset({code})), now_ms)
    return [kiosk for kiosk in every if kiosk.state in wanted]


def _is_anybody(pieces: tuple[object, ...]) -> bool:
    return any(getattr(piece, "people", 0) for piece in pieces)


def _by_post(people: list[OnDuty]) -> dict[str, list[OnDuty]]:
    found: dict[str, list[OnDuty]] = {}
    for one in people:
        found.setdefault(one.post, []).append(one)
    return found
