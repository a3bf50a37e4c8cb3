"""Volunteers within a part of the tree: by the team and region that they have now."""

from sqlalchemy import Select, select

from server.access.part import Part
from server.models.now import VolunteerNow


def people_of(part: Part) -> Select[str]:
    """Give the question for the numbers of everybody within a part."""
    return select(VolunteerNow.number).where(
        part.people_within(VolunteerNow.team, VolunteerNow.region)
    )
