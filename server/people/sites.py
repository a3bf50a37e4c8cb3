"""Looking up sites: whether one exists, which lie in a region, what it is called now."""

from sqlalchemy import Connection, select

from server.models.site import Site
from server.people.places import Places


def site_exists(connection: Connection, code: str) -> bool:
    """Tell whether a site was ever imported."""
    return connection.scalar(select(Site.code).where(Site.code == code).limit(1)) is not None


def sites_of(connection: Connection, region: str, day: int) -> list[str]:
    """Give the sites that lie in a region, or in one below it, on this day, in order."""
    places = Places(connection)
    sites = connection.scalars(select(Site.code).distinct()).all()
    return sorted(site for site in sites if region in places.regions(site, day))


def site_name(connection: Connection, code: str) -> str:
    """Give a site's latest name ("" if nobody imported it)."""
    query = (
        select(Site.name)
        .where(Site.code == code)
        .order_by(Site.valid_from.desc(), Site.entered.desc())
        .limit(1)
    )
    return connection.scalar(query) or ""
