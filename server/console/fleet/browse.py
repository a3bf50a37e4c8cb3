"""Kiosks by site: how each stands, what it last said of itself, and what waits for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import render_template

from server.access.part import Part
from server.access.roles import Right
from server.books.dates import local_day
from server.console import here
from server.console.fleet.asked import Asked, read_asked
from server.console.fleet.doors import pages
from server.console.now.board import read_regions
from server.fleet.aside import count_waiting
from server.fleet.held import Pieces, read_pieces, read_reaches
from server.fleet.kiosks import IN_USE, Kiosk, KioskState, read_kiosks
from server.limits import SITES_SHOWN
from server.now.ground import SiteHere, Wanted, read_sites


@pages.page("/fleet", needs=Right.FLEET)
def browse() -> str:
    """List kiosks."""
    asked, now = read_asked(), here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        wanted = Wanted(asked.region, asked.words)
        sites = {one.code: one for one in read_sites(connection, part, local_day(now), wanted)}
        kiosks = read_kiosks(connection, part, now)
        pieces = read_pieces(connection)
        here_too = _within(kiosks, sites, asked, part)
        fitting = [k for k in here_too if asked.fits(k, pieces.get(k.number))]
        rest = [kiosk for kiosk in fitting if asked.is_behind(kiosk)]
        shown = rest[:SITES_SHOWN]
        reaches = read_reaches(connection, [kiosk.number for kiosk in shown])
        regions = read_regions(connection, part)
        waiting = count_waiting(connection) if part.is_all else 0
    more = shown and len(rest) > len(shown)
    return render_template(
        "fleet/browse.html",
        asked=asked,
        now=now,
        kiosks=shown,
        count=len(fitting),
        after=asked.address(after=f"{shown[-1].site}.{shown[-1].log}") if more else "",
        totals=_totals(here_too, pieces, sites),
        sites=sites,
        regions=regions,
        pieces=pieces,
        reaches=reaches,
        waiting=waiting,
        State=KioskState,
    )


def _within(
    kiosks: Sequence[Kiosk], sites: Mapping[str, SiteHere], asked: Asked, part: Part
) -> list[Kiosk]:
    """Give the kiosks of these sites; with nothing asked for, those of sites that are no more, too."""
    is_any = not asked.region and not asked.words
    return [k for k in kiosks if k.site in sites or (is_any and part.has_site(k.site))]


def _totals(
    kiosks: Sequence[Kiosk], pieces: Mapping[int, Pieces], sites: Mapping[str, SiteHere]
) -> dict[str, int]:
    """Count what stands above the list."""
    states = Counter(kiosk.state.value for kiosk in kiosks)
    own = [pieces[kiosk.number] for kiosk in kiosks if kiosk.number in pieces]
    manned = {kiosk.site for kiosk in kiosks if kiosk.state in IN_USE}
    return {
        **{state.value: states[state.value] for state in KioskState},
        "forked": sum(one.forked for one in own),
        "gapped": sum(one.missing > 0 for one in own),
        "bare": len(sites.keys() - manned),
        "all": len(kiosks),
    }
