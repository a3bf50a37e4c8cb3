"""The board: every site with its people against what is needed, as a list or a map. It asks anew every half minute."""

from flask import render_template
from sqlalchemy import Connection, select

from server.access.part import Part
from server.access.roles import Right
from server.console import here
from server.console.now.asked import Asked, read_asked
from server.console.now.doors import pages
from server.console.now.map import HEIGHT, WIDTH, draw
from server.limits import REGIONS_OFFERED_MAX, SITES_SHOWN
from server.models.region import Region
from server.now.ground import Wanted, looked_for
from server.now.kept import read_picture
from server.now.sites import PICTURE_OLD_MS, SiteNow
from server.now.totals import add_up


@pages.page("/now", needs=Right.SEE)
def board() -> str:
    """Show how it stands just now."""
    asked = read_asked()
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        picture = read_picture(connection, part, here.now_ms())
        is_wanted = looked_for(connection, Wanted(asked.region, asked.words))
        regions = read_regions(connection, part)
    within = [one for one in picture.sites if is_wanted(one.site)]
    boxed = [site for site in within if asked.holds(site.site.place)]
    fitting = [site for site in boxed if site.fits(asked.ask)]
    shown, after = _page(fitting, asked)
    return render_template(
        "now/board.html",
        asked=asked,
        now=picture.made_ms,
        sites=shown,
        count=len(fitting),
        after=after,
        totals=add_up(boxed),
        regions=regions,
        map=draw(fitting) if asked.view == "map" else None,
        size=(WIDTH, HEIGHT),
        old_ms=PICTURE_OLD_MS,
    )


def read_regions(connection: Connection, part: Part) -> dict[str, str]:
    """Give the names of the regions of a part, by code, to choose from."""
    rows = connection.execute(
        select(Region.code, Region.name)
        .where(part.regions_within(Region.code))
        .order_by(Region.valid_from, Region.entered)
    )
    newest = {row.code: row.name for row in rows}
    return dict(sorted(newest.items())[:REGIONS_OFFERED_MAX])


def _page(sites: list[SiteNow], asked: Asked) -> tuple[list[SiteNow], str]:
    """Give the sites of the page that is asked for, and what the next one is asked for by ("": there is none)."""
    start = asked.after_place()
    ordered = sorted(sites, key=asked.place)
    rest = [site for site in ordered if start is None or asked.place(site) > start]
    shown = rest[:SITES_SHOWN]
    if len(rest) <= SITES_SHOWN:
        return shown, ""
    figure, code = asked.place(shown[-1])
    return shown, asked.address(after=f"{-figure}.{code}")
