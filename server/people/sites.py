"""Looking up sites: whether one exists, what it is called now."""

from sqlalchemy import Connection, select

from server.models.site import Site


def site_exists(connection: Connection, code: str) -> bool:
    """Tell whether a site was ever imported."""
    return connection.scalar(select(Site.code).where(Site.code == code).limit(1)) is not None


def site_name(connection: Connection, code: str) -> str:
    """Give a site's latest name ("" if nobody imported it)."""
    query = (
        select(Site.name)
        .where(Site.code == code)
        .order_by(Site.valid_from.desc(), Site.entered.desc())
        .limit(1)
    )
    return connection.scalar(query) or ""
