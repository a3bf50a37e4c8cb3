"""Who acts at the centre, and as what."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """As what somebody decides: the lead of a site, the reviewer of a team or site, the city (B7)."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    CITY = "city"


_RANK = {Role.LEAD: 0, Role.REVIEWER: 1, Role.CITY: 2}


def rank_of(role: Role) -> int:
    """Give how high a role is."""
    return _RANK[role]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their own volunteer number, so that nobody decides about themselves (E6)."""

    number: str
    roles: frozenset[Role]

    @property
    def role(self) -> Role:
        """The highest role."""
        return max(self.roles, key=_RANK.__getitem__)

    def reaches(self, role: Role) -> bool:
        """Tell whether one of the roles is this one or a higher one."""
        return any(_RANK[own] >= _RANK[role] for own in self.roles)
