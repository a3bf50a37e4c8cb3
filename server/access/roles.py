"""Roles of staff, and the rights that each brings. A right that is not named here is nobody's (deny by default)."""

from collections.abc import Mapping
from enum import StrEnum

from server.books.decisions.actor import Role


class StaffRole(StrEnum):
    """As what somebody works at the centre; each grant of a role is bound to a part of the tree (`server.access.grant`)."""

    VIEWER = "viewer"
    SITE_LEAD = "site_lead"
    TEAM_LEADER = "team_leader"
    REVIEWER = "reviewer"
    DISTRICT = "district"
    CITY = "city"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What can be done. Every page and every call of the API names one."""

    SEE = "see"
    DECIDE = "decide"
    ANSWER = "answer"
    CLOSE = "close"
    FLEET = "fleet"
    EDIT = "edit"
    BADGES = "badges"
    REPORT = "report"
    UNMASK = "unmask"
    CERTIFY = "certify"
    PUBLISH = "publish"
    OFFICIAL = "official"
    ACCOUNTS = "accounts"
    AUDIT = "audit"


_LOOK = frozenset({Right.SEE, Right.REPORT})
_DISTRICT = _LOOK | {
    Right.DECIDE,
    Right.ANSWER,
    Right.CLOSE,
    Right.FLEET,
    Right.EDIT,
    Right.BADGES,
    Right.UNMASK,
    Right.CERTIFY,
    Right.PUBLISH,
    Right.OFFICIAL,
}

RIGHTS: Mapping[StaffRole, frozenset[Right]] = {
    StaffRole.VIEWER: _LOOK,
    StaffRole.SITE_LEAD: _LOOK | {Right.DECIDE, Right.FLEET},
    StaffRole.TEAM_LEADER: _LOOK | {Right.BADGES},
    StaffRole.REVIEWER: _LOOK | {Right.DECIDE, Right.ANSWER},
    StaffRole.DISTRICT: _DISTRICT,
    StaffRole.CITY: _DISTRICT,
    StaffRole.ADMINISTRATOR: frozenset({Right.SEE, Right.FLEET, Right.ACCOUNTS, Right.AUDIT}),
}
"""Who looks after accounts decides nothing about hours, so that one stolen account cannot do both."""

DECIDES_AS: Mapping[StaffRole, Role] = {
    StaffRole.SITE_LEAD: Role.LEAD,
    StaffRole.REVIEWER: Role.REVIEWER,
    StaffRole.DISTRICT: Role.REVIEWER,
    StaffRole.CITY: Role.CITY,
}
"""As what a role decides on hours (B7)."""
