"""Volunteers within a part of the tree: by the team and region that they have now."""

from sqlalchemy import Connection, Select, select

from server.access.part import Part
from server.models.now import VolunteerNow


def people_of(part: Part) -> Select[str]:
    """Give the question for the numbers of everybody within a part."""
    return select(VolunteerNow.number).where(
        part.people_within(VolunteerNow.team, VolunteerNow.region)
    )


def home_of(connection: Connection, number: str) -> tuple[str, str]:
    """Give the team and region that a volunteer has now ("" for none, and for nobody)."""
    query = select(VolunteerNow.team, VolunteerNow.region).where(VolunteerNow.number == number)
    row = connection.execute(query).one_or_none()
    return ("", "") if row is None else (row.team, row.region)


def reaches(connection: Connection, part: Part, number: str, site: str = "") -> bool:
    """Tell whether a volunteer is there, and within by their team or region, or by a site that they are spoken of at."""
    query = select(VolunteerNow.team, VolunteerNow.region).where(VolunteerNow.number == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        return False
    return part.has_person(row.team, row.region) or bool(site and part.has_site(site))
