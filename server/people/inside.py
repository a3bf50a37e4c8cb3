"""What of the reference data lies within a part of the tree (I9), as a condition that goes into the query, kind by kind.

Personal data follows the person's team and region; what belongs to a site follows the site. What holds everywhere (a policy of
no region) may be seen by everyone and changed by whoever has the whole tree.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, FromClause, and_, or_, select, true
from sqlalchemy.sql.elements import SQLCoreOperations

from server.access.part import Part
from server.models.now import PostNow, VolunteerNow
from server.models.shift import Shift

Condition = ColumnElement[bool]
_Rule = Callable[[Part, FromClause], Condition]
_Code = SQLCoreOperations[str]


def inside(part: Part, kind: str, table: FromClause) -> Condition:
    """Give the condition that a row of a kind's table lies within a part."""
    return true() if part.is_all else _RULES[kind](part, table)


def _people(part: Part, number: _Code) -> Condition:
    """Give the condition that a volunteer is within. Nothing is known of whom nobody imported: they are in nobody's part."""
    found = select(VolunteerNow.number).where(
        VolunteerNow.number == number, part.people_within(VolunteerNow.team, VolunteerNow.region)
    )
    return found.exists()


def _post(part: Part, post: _Code) -> Condition:
    found = select(PostNow.code).where(PostNow.code == post, part.sites_within(PostNow.site))
    return found.exists()


def _shift(part: Part, shift: _Code) -> Condition:
    found = select(Shift.code).join(PostNow, PostNow.code == Shift.post)
    return found.where(Shift.code == shift, part.sites_within(PostNow.site)).exists()


def _policy(part: Part, table: FromClause) -> Condition:
    c = table.c
    local = or_(
        and_(c.region != "", part.regions_within(c.region)),
        and_(c.site != "", part.sites_within(c.site)),
    )
    return or_(local, and_(c.region == "", c.site == ""))


_RULES: Mapping[str, _Rule] = {
    "regions": lambda part, t: part.regions_within(t.c.code),
    "teams": lambda part, t: part.teams_within(t.c.code),
    "volunteers": lambda part, t: part.people_within(t.c.team, t.c.region),
    "sites": lambda part, t: part.sites_within(t.c.code),
    "posts": lambda part, t: part.sites_within(t.c.site),
    "shifts": lambda part, t: _post(part, t.c.post),
    "assignments": lambda part, t: or_(_shift(part, t.c.shift), _people(part, t.c.volunteer)),
    "activities": lambda part, t: part.sites_within(t.c.site),
    "trainings": lambda part, t: _people(part, t.c.volunteer),
    "insurances": lambda part, t: _people(part, t.c.volunteer),
    "policies": _policy,
}
