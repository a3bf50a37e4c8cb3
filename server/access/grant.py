"""Grants: a role in a part of the tree, as an account holds it."""

from dataclasses import dataclass
from enum import StrEnum

from server.access.roles import RIGHTS, Right, StaffRole


class Over(StrEnum):
    """What kind of part a grant is over."""

    ALL = "all"
    REGION = "region"
    TEAM = "team"
    SITE = "site"


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role over a region (with all below it), a team, a site, or everything. code: "" for everything."""

    role: StaffRole
    over: Over
    code: str = ""

    def brings(self, right: Right) -> bool:
        """Tell whether the role has this right."""
        return right in RIGHTS[self.role]
