"""What things are called on the screens and lists of the centre: the newest name, by code."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from server.models.post import Post
from server.models.region import Region
from server.models.site import Site
from server.models.team import Team
from server.people.roster import names

_NAMED: Mapping[str, type[Team] | type[Region] | type[Site] | type[Post]] = {
    "team": Team,
    "region": Region,
    "site": Site,
    "post": Post,
}


def titles(connection: Connection, by: str) -> dict[str, str]:
    """Give the names of all volunteers, teams, regions, sites or posts; nothing for what has no name, as a day."""
    if by == "volunteer":
        return names(connection)
    model = _NAMED.get(by)
    if model is None:
        return {}
    newest = select(model.code, model.name).order_by(model.valid_from, model.entered)
    return {row.code: row.name for row in connection.execute(newest)}
