"""What things are called on the screens and lists of the centre: the newest name, by code."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from server.kept import Kept
from server.models.now import SiteNow
from server.models.post import Post
from server.models.region import Region
from server.models.site import Site
from server.models.team import Team
from server.people.roster import names

_Named = type[Team] | type[Region] | type[Site] | type[Post]


def titles(connection: Connection, by: str) -> Mapping[str, str]:
    """Give the names of all volunteers, teams, regions, sites or posts; nothing for what has no name, as a day.

    All but those of people are kept by the process.
    """
    if by == "volunteer":
        return names(connection)
    kept = _TITLES.get(by)
    return {} if kept is None else kept.of(connection)


def site_names(connection: Connection) -> Mapping[str, str]:
    """Give the names of all sites that there are now, kept by the process."""
    return _SITES.of(connection)


def _read_sites(connection: Connection) -> Mapping[str, str]:
    return {row.code: row.name for row in connection.execute(select(SiteNow.code, SiteNow.name))}


def _kept(model: _Named) -> Kept[Mapping[str, str]]:
    def read(connection: Connection) -> Mapping[str, str]:
        newest = select(model.code, model.name).order_by(model.valid_from, model.entered)
        return {row.code: row.name for row in connection.execute(newest)}

    return Kept(read)


_SITES = Kept(_read_sites)
_TITLES = {
    "team": _kept(Team),
    "region": _kept(Region),
    "site": _kept(Site),
    "post": _kept(Post),
}
