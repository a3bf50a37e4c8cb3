"""Whose site this is: the people that its kiosks may know by name, and of whom they are told what the site's posts need.

Those on its shifts these weeks, and the teams they come from. Where nobody is planned: the teams and people of the site's
region, or of the nearest region above it that has any. Never more than a bounded number.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, or_, select

from server.access.tree import tree
from server.books.dates import DAY_MS, day_end_ms, local_day
from server.limits import PLANNED_AHEAD_DAYS, PLANNED_BACK_DAYS, SITE_PEOPLE_MAX
from server.models.assignment import Assignment
from server.models.now import PostNow, SiteNow, VolunteerNow
from server.models.shift import Shift
from server.people.places import Places
from server.people.roster import in_parts


def people_of(connection: Connection, site: str, now_ms: int) -> list[str]:
    """Give the numbers of a site's people, in order; those on its shifts come before others where there are too many."""
    day = local_day(now_ms)
    planned, teams = _planned(connection, site, day)
    if planned:
        within = VolunteerNow.team.in_(sorted(teams))
        return _filled(connection, planned, within) if teams else sorted(planned)[:SITE_PEOPLE_MAX]
    region = connection.scalar(select(SiteNow.region).where(SiteNow.code == site))
    if region is None:
        return []
    return _of_region(connection, region, day)


def _planned(connection: Connection, site: str, day: int) -> tuple[set[str], set[str]]:
    """Give who is assigned to shifts of these weeks at the site, and their teams."""
    first_ms = day_end_ms(day - PLANNED_BACK_DAYS - 1)
    last_ms = first_ms + (PLANNED_BACK_DAYS + PLANNED_AHEAD_DAYS) * DAY_MS
    asked = (
        select(Assignment.volunteer)
        .join(Shift, Shift.code == Assignment.shift)
        .join(PostNow, PostNow.code == Shift.post)
        .where(PostNow.site == site)
        .where(Shift.start_ms.between(first_ms, last_ms))
        .distinct()
        .limit(SITE_PEOPLE_MAX)
    )
    numbers = connection.scalars(asked).all()
    found: dict[str, str] = {}
    for some in in_parts(numbers):
        rows = select(VolunteerNow.number, VolunteerNow.team).where(VolunteerNow.number.in_(some))
        found.update((number, team) for number, team in connection.execute(rows))
    return set(found), set(found.values()) - {""}


def _of_region(connection: Connection, region: str, day: int) -> list[str]:
    """Give the people of a region and below, by their team or themselves; what lies in no region is one by itself."""
    known = tree(connection)
    for top in Places(connection).lineage(region, day) or [""]:
        regions = known.below([top]) if top else {""}
        teams = {team for one in regions for team in known.teams.get(one, ())}
        of_team = VolunteerNow.team.in_(sorted(teams))
        found = _filled(connection, (), or_(of_team, VolunteerNow.region.in_(sorted(regions))))
        if found:
            return found
    return []


def _filled(connection: Connection, first: Iterable[str], within: ColumnElement[bool]) -> list[str]:
    """Give these, and as many of those within as there is room for, lowest numbers first."""
    found = set(first)
    asked = select(VolunteerNow.number).where(within).order_by(VolunteerNow.number)
    for number in connection.scalars(asked.limit(SITE_PEOPLE_MAX)):
        if len(found) == SITE_PEOPLE_MAX:
            break
        found.add(number)
    return sorted(found)
