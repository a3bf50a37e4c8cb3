"""One site: who is on duty there, against what each post needs, how its posts were covered, and its kiosks. Names are masked."""

from collections.abc import Sequence

from flask import render_template

from server.access.roles import Right
from server.books.dates import iso_time, local_day
from server.console import here
from server.console.now import bars
from server.console.now.asked import read_day, read_time
from server.console.now.doors import pages
from server.fleet.kiosks import KioskState
from server.now.coverage import Kind
from server.now.on_duty import OnDuty
from server.now.one_site import read_site
from server.reconcile.policy import DEFAULTS


@pages.page("/now/sites/<code>", needs=Right.SEE)
def site(code: str) -> str:
    """Show a site on a date, and who was there at a moment of it: now, if none is named."""
    now = here.now_ms()
    day = read_day(local_day(now))
    at = min(read_time(day) or now, now)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_site(connection, part, code, day=day, at_ms=at, now_ms=now)
    found = here.or_404(found)
    return render_template(
        "now/site.html",
        site=found.site,
        days=found.days,
        kiosks=found.kiosks,
        people=_by_post(found.people),
        is_more=found.is_more,
        names=found.names,
        day=day,
        today=local_day(now),
        at=at,
        now=now,
        Kind=Kind,
        State=KioskState,
        bars=bars,
        asked_time=iso_time(at)[11:16],
        is_now=at == now,
        long_ms=DEFAULTS.long_ms,
    )


def _by_post(people: Sequence[OnDuty]) -> dict[str, list[OnDuty]]:
    found: dict[str, list[OnDuty]] = {}
    for one in people:
        found.setdefault(one.post, []).append(one)
    return found
